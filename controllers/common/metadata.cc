#include "controllers/common/metadata.h"

#include "controllers/common/names.h"

namespace gyre {
namespace {

std::string value_at(const std::map<std::string, std::string>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::string() : found->second;
}

}  // namespace

std::string label_of(const ObjectMeta& meta, const std::string& name) { return value_at(meta.labels, name); }

std::string annotation_of(const ObjectMeta& meta, const std::string& name) { return value_at(meta.annotations, name); }

bool is_paused(const ObjectMeta& meta) { return annotation_of(meta, annotations::kPaused) == "true"; }

bool is_controlled_by(const ObjectMeta& meta, std::string_view uid) {
  const OwnerReference* owner = controller_of(meta);
  return owner && owner->uid == uid;
}

}  // namespace gyre
