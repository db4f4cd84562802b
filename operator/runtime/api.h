#pragma once

#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "controllers/common/plan.h"
#include "operator/base/result.h"
#include "operator/kube/client.h"
#include "operator/kube/watch_event.h"
#include "operator/runtime/rate_limiter.h"

namespace gyre::runtime {

// Which object exactly: empty members are not checked.
struct Precondition {
  std::string uid;
  std::string resource_version;
};

// The requests that reconcilers make. Blocking; callable from any thread.
class Api {
 public:
  virtual ~Api() = default;

  virtual Result<nlohmann::json> get(const Kind& kind, const Key& key) = 0;
  // Writes answer with the object as it is now. `manager` is the field manager in this and the following:
  // "gyre-trainingjob".
  virtual Result<kube::RawObject> create(const Kind& kind, const nlohmann::json& object, std::string_view manager) = 0;
  // Server-side apply, forced. `object` must carry metadata.uid, so that an absent or replaced object is kConflict.
  virtual Result<kube::RawObject> apply(const Kind& kind, const nlohmann::json& object, std::string_view manager) = 0;
  // A merge patch of the object or, by the second form, of its status.
  virtual Result<kube::RawObject> patch(const Kind& kind, const Key& key, const nlohmann::json& patch,
                                        std::string_view manager) = 0;
  virtual Result<kube::RawObject> patch_status(const Kind& kind, const Key& key, const Precondition& seen,
                                               const nlohmann::json& status_patch, std::string_view manager) = 0;
  // What is left of the object, while finalizers or its grace period keep it; nothing when it is gone, or was already.
  virtual Result<std::optional<kube::RawObject>> delete_(const Kind& kind, const Key& key, const Precondition& seen,
                                                         Propagation propagation) = 0;
  // The end of a container's log: at most `tail_lines` lines and `limit_bytes` bytes.
  virtual Result<std::string> pod_log(const Key& pod, std::string_view container, int tail_lines, int limit_bytes) = 0;
};

// The real one. Each request waits for its turn, if the rate is limited.
class ClientApi final : public Api {
 public:
  // Told how long each request waited: "GET", seconds.
  using OnWait = std::function<void(const std::string& method, double seconds)>;

  explicit ClientApi(kube::Client& client) : ClientApi(client, {}, {}) {}
  ClientApi(kube::Client& client, const Rate& rate, OnWait on_wait)
      : client_(client), limiter_(rate, clock_), on_wait_(std::move(on_wait)) {}

  // Ends what waits for its turn with kCancelled.
  void cancel_waiting() { limiter_.cancel(); }

  Result<nlohmann::json> get(const Kind& kind, const Key& key) override;
  Result<kube::RawObject> create(const Kind& kind, const nlohmann::json& object, std::string_view manager) override;
  Result<kube::RawObject> apply(const Kind& kind, const nlohmann::json& object, std::string_view manager) override;
  Result<kube::RawObject> patch(const Kind& kind, const Key& key, const nlohmann::json& patch,
                                std::string_view manager) override;
  Result<kube::RawObject> patch_status(const Kind& kind, const Key& key, const Precondition& seen,
                                       const nlohmann::json& status_patch, std::string_view manager) override;
  Result<std::optional<kube::RawObject>> delete_(const Kind& kind, const Key& key, const Precondition& seen,
                                                 Propagation propagation) override;
  Result<std::string> pod_log(const Key& pod, std::string_view container, int tail_lines, int limit_bytes) override;

 private:
  Result<void> wait(const kube::Request& request);
  Result<kube::RawObject> write(const Kind& kind, kube::Request request);

  kube::Client& client_;
  const SystemClock clock_;
  RateLimiter limiter_;
  const OnWait on_wait_;
};

}  // namespace gyre::runtime
