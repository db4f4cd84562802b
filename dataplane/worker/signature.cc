#include "dataplane/worker/signature.h"

#include <nlohmann/json.hpp>

namespace gyre::worker {
namespace {

nlohmann::json columns_of(const std::vector<wire::Profile>& profiles) {
  auto columns = nlohmann::json::array();
  for (const wire::Profile& profile : profiles)
    columns.push_back({{"name", profile.name}, {"type", profile.type == "numeric" ? "double" : "string"}});
  return columns;
}

}  // namespace

std::string format_signature(const wire::Baseline& baseline) {
  const nlohmann::json signature = {{"inputs", columns_of(baseline.features)},
                                    {"outputs", columns_of(baseline.predictions)}};
  return signature.dump() + "\n";
}

}  // namespace gyre::worker
