#pragma once

#include <string>
#include <vector>

#include "dataplane/wire/baseline.h"
#include "dataplane/worker/csv.h"

namespace gyre::worker {

// Intervals of a numeric column, and categories of another, at most.
inline constexpr std::size_t kMaxBins = 10;
inline constexpr std::size_t kMaxCategories = 100;
// A category of fewer rows is counted as "other": a sealed baseline must not name what is rare enough to be a person.
inline constexpr std::size_t kMinCategoryRows = 5;

inline const std::vector<std::string> kPredictionColumns = {"prediction"};

// The baseline of a table. Columns named in `predictions` are predictions; id and label are left out; all others are
// features. A column is numeric when every value that is there is a number. Equal rows give equal bytes. kInvalid
// without rows.
Result<wire::Baseline> make_baseline(const Table& table, const std::vector<std::string>& predictions);

// As it is sealed. kInvalid when it would be larger than a baseline may be.
Result<std::string> baseline_text(const wire::Baseline& baseline);

}  // namespace gyre::worker
