#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <stop_token>
#include <string>
#include <string_view>

#include "operator/base/result.h"
#include "operator/kube/kubeconfig.h"
#include "operator/kube/request.h"

namespace gyre::kube {

// One finished request, for metrics. `code` is the HTTP status, or "<error>" when there was no answer.
struct Exchange {
  std::string verb, resource, method, code, host;
  double seconds = 0;
};

// Whether a request may have been carried out although it failed: no whole answer came.
bool is_answer_lost(const Error& error);
// The error of an answer that cannot be read.
Error unread_answer(const Request& request, std::string_view why);

// Talks to one API server. Callable from any thread; `send` and `watch` block their caller, who has a connection alone
// for as long (connection_pool.h). Credentials from files are re-read every minute, those of an exec plugin kept until
// they expire; both are renewed at once, one time, when the server answers 401.
class Client {
 public:
  using Observer = std::function<void(const Exchange&)>;
  using OnFrame = std::function<void(std::string_view frame)>;
  using OnTick = std::function<void()>;

  // `observer` is called on the caller's thread after every request.
  explicit Client(Config config, Observer observer = {});
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // The answer's JSON, at most 64 MiB of it. A read whose connection broke is tried once more, a write never. A status
  // of 300 or more is an error with the server's own message (status_error.h); a lost answer is kTimeout or
  // kUnavailable, and the request may have been carried out.
  Result<nlohmann::json> send(const Request& request);
  // The same, for answers that are not JSON, as a pod's log, or may be (parse_object).
  Result<std::string> send_text(const Request& request);

  // Calls `on_frame` on this thread for every frame (parse_watch_event) until the server closes (success), the
  // request's timeout passes (kTimeout) or `stop` is asked for (kCancelled), and `on_tick` every second or more often
  // meanwhile. Neither may block.
  Result<void> watch(const Request& request, const OnFrame& on_frame, std::stop_token stop, const OnTick& on_tick = {});

  // What to accept of objects of the kind: kProtobufOrJson where they can be read so, else kJson.
  std::string_view encoding_of(const Kind& kind) const;
  // Has the kind asked for as JSON for as long as this lives. Whether it was asked for otherwise until now.
  bool give_up_protobuf(const Kind& kind);

  // Ends with kCancelled the leader's writes that have begun: those that wait for credentials are not sent, of others
  // it is unknown whether the server carried them out.
  void cancel_writes();

  const Config& config() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gyre::kube
