#include "operator/runtime/encoding.h"

#include "operator/runtime/log.h"

namespace gyre::runtime {

void ask_for_json(kube::Client& client, const Kind& kind, const Error& why) {
  if (!client.give_up_protobuf(kind)) return;
  log::warn("Kind is asked for as JSON until the operator starts again, which costs processor time only",
            {{"kind", std::string(kind.kind)}, {"error", why.message}});
}

}  // namespace gyre::runtime
