#pragma once

#include "controllers/model_version/observed.h"

namespace gyre::model_version {

// Pending → Verifying → Evaluating → (AwaitingApproval →) Approved or Rejected; never back, and nothing after the
// last two. A failed attempt is followed by another Job, whose name carries the attempt.
VersionPlan decide(const Observed& seen);

}  // namespace gyre::model_version
