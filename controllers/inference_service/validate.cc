#include "controllers/inference_service/validate.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "controllers/common/pod_checks.h"
#include "controllers/inference_service/pod.h"

namespace gyre::inference_service {
namespace {

using Errors = std::vector<schema::FieldError>;

constexpr Duration kShortestInterval = std::chrono::seconds(2);

void check_predictor(const Predictor& predictor, Errors& errors) {
  if (!predictor.template_.is_null()) {
    // The catalogue's pods may have what a user's may not.
    for (const auto& found : {check_template(predictor.template_), check_reserved(predictor.template_)})
      for (const auto& error : found) errors.push_back({"spec.predictor.template." + error.path, error.message});
    if (!predictor.resources.is_null())
      errors.push_back(
          {"spec.predictor.resources", "is for a runtime's server; in a template set it at the container \"server\""});
  }
}

void check_metrics(const std::vector<AnalysisMetric>& metrics, Errors& errors) {
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const std::string path = fmt::format("spec.rollout.analysis.metrics[{}]", i);
    if (metrics[i].interval < kShortestInterval)
      errors.push_back({path + ".interval", "must be at least 2s: agents report about once a second"});
    if (metrics[i].max && *metrics[i].max < 0)
      errors.push_back({path + ".max", "is negative, which nothing that is measured can be; write 0 or more"});
    const bool is_rate = metrics[i].provider.agent && metrics[i].provider.agent->metric == AgentMetric::kErrorRate;
    if (is_rate && metrics[i].max && *metrics[i].max > 1)
      errors.push_back({path + ".max", "is a share of requests, from 0 to 1; write 0.02 for 2%"});
  }
}

}  // namespace

Errors check_inference_service(const InferenceService& service) {
  Errors errors;
  check_predictor(service.spec.predictor, errors);
  if (service.spec.rollout.analysis) check_metrics(service.spec.rollout.analysis->metrics, errors);
  return errors;
}

}  // namespace gyre::inference_service
