#pragma once

#include "controllers/model_version/observed.h"

namespace gyre::model_version {

// The step of a version whose gates have passed: Approved at once, or when a person has approved just these bytes.
VersionPlan approve(const Observed& seen, VersionPlan plan);

}  // namespace gyre::model_version
