#pragma once

#include "operator/metrics/object_tally.h"
#include "operator/runtime/manager.h"

namespace gyre::metrics {

// What the platform team watches of models rather than of the runtime: docs/metrics.md lists it. Construct before
// Manager::run; must outlive it.
class DomainMetrics {
 public:
  explicit DomainMetrics(runtime::Manager& manager);
  DomainMetrics(const DomainMetrics&) = delete;
  DomainMetrics& operator=(const DomainMetrics&) = delete;

 private:
  ObjectTally tally_;
};

}  // namespace gyre::metrics
