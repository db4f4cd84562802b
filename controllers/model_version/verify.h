#pragma once

#include "controllers/model_version/observed.h"

namespace gyre::model_version {

// The step of a version whose bytes have not been proven yet. A verdict comes only from bytes that were read; storage
// that cannot be read is tried again, ever more seldom, up to every five minutes.
VersionPlan verify(const Observed& seen, VersionPlan plan);

}  // namespace gyre::model_version
