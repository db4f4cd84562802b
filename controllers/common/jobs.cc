#include "controllers/common/jobs.h"

#include "controllers/common/names.h"

namespace gyre {

bool says(const RunPolicy& live, const RunPolicy& written) {
  const RunPolicy unwritten;
  const auto holds = [&](auto field) { return written.*field == unwritten.*field || live.*field == written.*field; };
  return holds(&RunPolicy::backoff_limit) && holds(&RunPolicy::active_deadline_seconds) &&
         holds(&RunPolicy::ttl_seconds_after_finished);
}

Job kept(const Job& live) {
  Job out;
  out.metadata.name = live.metadata.name;
  out.metadata.namespace_ = live.metadata.namespace_;
  out.metadata.labels = live.metadata.labels;
  out.metadata.annotations = live.metadata.annotations;
  out.metadata.annotations.erase(annotations::kAppliedHash);
  out.metadata.owner_references = live.metadata.owner_references;
  out.spec = live.spec;
  out.spec.suspend.reset();
  return out;
}

std::optional<Job> corrected(const Job& live, const JobSpec& wanted) {
  const auto differs = [](const auto& is, const auto& as_wanted) { return as_wanted && is != as_wanted; };
  const bool is_wrong = differs(live.spec.parallelism, wanted.parallelism) ||
                        differs(live.spec.backoff_limit, wanted.backoff_limit) ||
                        differs(live.spec.active_deadline_seconds, wanted.active_deadline_seconds);
  if (!is_wrong || live.metadata.deletion_timestamp) return std::nullopt;
  Job out = kept(live);
  if (wanted.parallelism) out.spec.parallelism = wanted.parallelism;
  if (wanted.backoff_limit) out.spec.backoff_limit = wanted.backoff_limit;
  if (wanted.active_deadline_seconds) out.spec.active_deadline_seconds = wanted.active_deadline_seconds;
  return out;
}

}  // namespace gyre
