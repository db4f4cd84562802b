#include "controllers/common/names.h"

#include "operator/base/digest.h"

namespace gyre {

std::string child_name(std::string_view base, std::string_view suffix, std::size_t limit) {
  const std::string tail = suffix.empty() ? "" : "-" + std::string(suffix);
  if (base.size() + tail.size() <= limit) return std::string(base) + tail;
  const std::string mark = "-" + hash8(base);
  std::string cut(base.substr(0, limit - tail.size() - mark.size()));
  while (!cut.empty() && (cut.back() == '-' || cut.back() == '.')) cut.pop_back();
  return cut + mark + tail;
}

std::string model_version_name(std::string_view model, std::string_view training_job_uid) {
  return child_name(model, hash8(training_job_uid));
}

std::string baseline_name(std::string_view model_version) { return child_name(model_version, "baseline"); }

ObjectMeta child_meta(const ObjectMeta& owner, const Kind& owner_kind, std::string name) {
  ObjectMeta meta;
  meta.name = std::move(name);
  meta.namespace_ = owner.namespace_;
  meta.labels[labels::kManagedBy] = labels::kManagedByGyre;
  meta.owner_references = {{owner_kind.api_version(), std::string(owner_kind.kind), owner.name, owner.uid, true, true}};
  return meta;
}

}  // namespace gyre
