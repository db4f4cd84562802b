#pragma once

// Who answers a request.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "dataplane/wire/routes.h"
#include "operator/base/result.h"

namespace gyre::agent {

// What of a request decides its way.
enum class Origin { kClient, kAgent };    // An agent forwarded it: kHopHeader.
enum class Pin { kNone, kStable };        // kPinHeader.
enum class Connection { kKeep, kClose };  // After the answer.
enum class Way { kServe, kForward, kRefuse };

struct Choice {
  Way way = Way::kServe;
  Connection connection = Connection::kKeep;
  wire::RouteTarget target;  // With kForward.
  bool operator==(const Choice&) const = default;
};

// Sends exactly `weight` of any hundred requests on, spread evenly. Not for several threads.
class Splitter {
 public:
  // Whether this request is one of the `weight` in a hundred.
  bool take(std::int32_t weight);

 private:
  std::int32_t owed_ = 0;
};

Choice choose(const wire::Routes& routes, const std::string& revision, Origin origin, Pin pin, Splitter& splitter);

// The routes in force. Any thread.
class RouteTable {
 public:
  // Null until routes are known.
  std::shared_ptr<const wire::Routes> current() const;
  // Takes routes that are newer than the current ones.
  void offer(wire::Routes routes);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const wire::Routes> routes_;  // GUARDED_BY(mutex_)
};

// routes.json as it is mounted.
Result<wire::Routes> read_routes(const std::string& file);

}  // namespace gyre::agent
