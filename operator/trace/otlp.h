#pragma once

#include <span>
#include <string>
#include <vector>

#include "operator/trace/settings.h"
#include "operator/trace/span.h"

namespace gyre::trace {

// The spans as an ExportTraceServiceRequest in OTLP's JSON encoding.
std::string to_otlp(const Settings& settings, std::span<const Finished> spans);
// How many spans a receiver that answered 200 has nevertheless not taken.
std::int64_t rejected_in(const std::string& answer);

}  // namespace gyre::trace
