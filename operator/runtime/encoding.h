#pragma once

#include "operator/kube/client.h"

namespace gyre::runtime {

// Has objects of the kind asked for as JSON, as they cannot be read in protocol buffers for this reason, and logs it
// once.
void ask_for_json(kube::Client& client, const Kind& kind, const Error& why);

}  // namespace gyre::runtime
