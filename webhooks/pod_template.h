#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "crds/schema/validate.h"
#include "operator/base/result.h"
#include "operator/kube/client.h"

namespace gyre::webhooks {

// Says what is wrong with a pod template; paths start below it: "spec.containers[0].imagee".
class PodTemplateChecker {
 public:
  virtual ~PodTemplateChecker() = default;
  virtual Result<std::vector<schema::FieldError>> check(const std::string& namespace_,
                                                        const nlohmann::json& pod_template) = 0;
};

// Asks the API server by a strict dry run of a core/v1 PodTemplate: nothing is stored.
class DryRunChecker final : public PodTemplateChecker {
 public:
  explicit DryRunChecker(kube::Client& client) : client_(client) {}
  Result<std::vector<schema::FieldError>> check(const std::string& namespace_,
                                                const nlohmann::json& pod_template) override;

 private:
  kube::Client& client_;
};

// The API server's words about a PodTemplate as errors of the template. Decoding errors carry no index: the field is
// looked for in the template.
std::vector<schema::FieldError> template_errors(const std::string& server_message, const nlohmann::json& pod_template);

}  // namespace gyre::webhooks
