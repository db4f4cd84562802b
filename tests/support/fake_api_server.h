#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "operator/base/clock.h"
#include "operator/kube/kubeconfig.h"

namespace gyre::support {

// What goes wrong with requests that match.
struct Fault {
  std::string method;  // Empty: any.
  std::string part;    // Of path and query; empty: any.
  int times = 1;
  int status = 0;  // Answered instead of doing anything, unless 0.
  std::string body;
  std::string retry_after;
  Duration delay{};          // Before anything else.
  bool lose_answer = false;  // Carried out, then the connection breaks.
};

// One request as it came in, in order.
struct Call {
  std::string method;
  std::string target;  // Path and query.
  std::string body;
};

// An API server in this process, over plain HTTP on loopback: list, watch, create, update, merge patch, server-side
// apply and delete with versions, UIDs and preconditions, for whatever kinds it is asked about. The subset that we
// use, held to a real server by the conformance suite; it runs no controllers, defaults nothing, and applies lists
// whole. Thread-safe.
class FakeApiServer {
 public:
  FakeApiServer();
  ~FakeApiServer();
  FakeApiServer(const FakeApiServer&) = delete;
  FakeApiServer& operator=(const FakeApiServer&) = delete;

  kube::Config config() const;

  // Straight to the store, as if somebody else had written. Paths are those of objects. `get` gives null when absent.
  nlohmann::json get(const std::string& path) const;
  nlohmann::json put(const std::string& path, nlohmann::json object);
  void remove(const std::string& path);

  // Forgets the past: watches and pages from before answer 410.
  void compact();
  // Tells every watch how far it has got.
  void send_bookmarks();
  // Ends every watch in order, as at the server's timeout.
  void close_watches();
  // Breaks every watch's connection in mid-air.
  void cut_watches();
  // Sends these bytes to every watch as if they were an event.
  void send_raw(const std::string& line);
  // Refuses WatchList, as servers before it do.
  void refuse_watch_list();
  // 401 for any other bearer token.
  void require_token(const std::string& token);
  // Has this change whatever is created or applied, as a mutating webhook would.
  void admit(std::function<void(nlohmann::json& object)> webhook);
  void inject(Fault fault);
  // Ends all that was injected.
  void heal();

  std::vector<Call> calls() const;
  // Requests of a method whose path and query contain `part`.
  int count(const std::string& method, const std::string& part) const;
  // Requests that were not reads.
  int writes() const;
  int open_watches() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::support
