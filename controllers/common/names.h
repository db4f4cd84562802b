#pragma once

#include <string>
#include <string_view>

#include "crds/meta/meta.h"

namespace gyre {

namespace labels {
inline constexpr char kService[] = "gyre.dev/service";
inline constexpr char kRevision[] = "gyre.dev/revision";
inline constexpr char kModel[] = "gyre.dev/model";
inline constexpr char kModelVersion[] = "gyre.dev/model-version";
inline constexpr char kTrainingJob[] = "gyre.dev/training-job";
inline constexpr char kAttempt[] = "gyre.dev/attempt";
inline constexpr char kExperiment[] = "gyre.dev/experiment";
inline constexpr char kTrial[] = "gyre.dev/trial";
inline constexpr char kTrigger[] = "gyre.dev/trigger";
inline constexpr char kMonitor[] = "gyre.dev/monitor";
inline constexpr char kRole[] = "gyre.dev/role";  // What the object is for: routes, window, baseline, verify, …
inline constexpr char kManagedBy[] = "app.kubernetes.io/managed-by";
inline constexpr char kManagedByGyre[] = "gyre";
}  // namespace labels

namespace annotations {
inline constexpr char kAppliedHash[] = "gyre.dev/applied-hash";
inline constexpr char kPaused[] = "gyre.dev/paused";
}  // namespace annotations

namespace ports {
inline constexpr int kAgentInference = 8080;
inline constexpr int kAgentMetrics = 9095;
inline constexpr int kModelServer = 8000;
inline constexpr int kOperatorMetrics = 8443;
inline constexpr int kOperatorHealth = 8081;
inline constexpr int kWebhooks = 9443;
inline constexpr int kCollector = 9444;
}  // namespace ports

// ConfigMap with the operator's CA (key ca.crt), kept in every namespace that has our pods.
inline constexpr char kCaConfigMap[] = "gyre-ca";
// Audience of the projected tokens that our pods show the collector.
inline constexpr char kTokenAudience[] = "gyre.dev";

// "<base>-<suffix>", at most `limit` characters; a base that is too long is cut and gets a hash of itself, so that
// two long names never meet. The one place where names are cut.
std::string child_name(std::string_view base, std::string_view suffix, std::size_t limit = 63);

// ModelVersion of a TrainingJob: "<model>-<hash8 of the TrainingJob's UID>". Exactly once is a name collision.
std::string model_version_name(std::string_view model, std::string_view training_job_uid);
// Immutable ConfigMap with a version's sealed baseline profile.
std::string baseline_name(std::string_view model_version);

// Metadata of a child: namespace, controller owner reference, managed-by label.
ObjectMeta child_meta(const ObjectMeta& owner, const Kind& owner_kind, std::string name);

template <class T>
ObjectMeta child_of(const T& owner, std::string name) {
  return child_meta(owner.metadata, kind_of(Type<T>{}), std::move(name));
}

}  // namespace gyre
