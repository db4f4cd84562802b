#pragma once

#include "controllers/model_version/observed.h"

namespace gyre::model_version {

// Approved and Rejected are verdicts: nothing of them changes any more.
bool is_final(VersionPhase phase);

// The plan with status.version as it should be. Numbers count up within the model, in the order of creation; a
// number is kept, unless a stale cache gave it to two: then the younger, or the one not judged yet, takes another.
VersionPlan with_number(const Observed& seen, VersionPlan plan);

}  // namespace gyre::model_version
