#pragma once

#include <atomic>

#include "operator/runtime/api.h"

namespace gyre::runtime {

// Lets writes through only while this replica leads; reads always. So a reconcile that is still under way when the
// lease is lost ends at its next write. Thread-safe.
class LeaderApi final : public Api {
 public:
  explicit LeaderApi(Api& api) : api_(api) {}

  void allow_writes() { leads_ = true; }
  // Those that have begun are for kube::Client::cancel_writes.
  void refuse_writes() { leads_ = false; }

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
  template <class Write>
  auto if_leading(Write write) -> decltype(write()) {
    if (!leads_) return fail(Code::kCancelled, "NotLeading", "this replica does not lead");
    return write();
  }

  Api& api_;
  std::atomic<bool> leads_ = false;
};

}  // namespace gyre::runtime
