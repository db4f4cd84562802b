#pragma once

#include "operator/base/result.h"

namespace gyre::collector {

// What a caller is told when the API server did not do for us what the call needed: kUnavailable, whatever it said to
// us. Our credentials, our rights and what we write are not the caller's to mend: it keeps what it has and tries again.
std::unexpected<Error> fail_for_now(const Error& said_to_us);

// Whether a failure to persist may pass without anybody's doing: the API server was not to be had, others wrote, or
// this replica leads no more.
bool may_pass(const Error& failure);

}  // namespace gyre::collector
