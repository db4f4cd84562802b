#include "crds/meta/meta.h"

#include "crds/schema/codec_impl.h"

namespace gyre {

const OwnerReference* controller_of(const ObjectMeta& meta) {
  for (const OwnerReference& owner : meta.owner_references)
    if (owner.controller.value_or(false)) return &owner;
  return nullptr;
}

template nlohmann::json schema::to_json(const ObjectMeta&);
template Result<ObjectMeta> schema::from_json(const nlohmann::json&);
template nlohmann::json schema::to_json(const OwnerReference&);
template nlohmann::json schema::to_json(const Condition&);

}  // namespace gyre
