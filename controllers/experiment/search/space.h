#pragma once

#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "crds/schema/validate.h"
#include "crds/v1alpha1/experiment.h"

namespace gyre::experiment::search {

// A parameter, its texts read. Numbers lie in [low, high]; with a step, on low + k·step; a categorical value is the
// index of its choice.
struct Dimension {
  std::string name;
  ParameterType type = ParameterType::kDouble;
  double low = 0;
  double high = 0;
  double step = 0;  // 0: every value between.
  bool is_log = false;
  std::vector<std::string> choices;
  bool operator==(const Dimension&) const = default;
};

using Space = std::vector<Dimension>;
// One value a dimension, in their order.
using Point = std::vector<double>;

// The path of an error starts below the parameter: "feasibleSpace.min".
std::expected<Dimension, schema::FieldError> parse_dimension(const ParameterSpec& parameter);

// Nothing when a parameter makes no sense (validate.h says what is wrong with it).
std::optional<Space> parse_space(const std::vector<ParameterSpec>& parameters);

// Whole numbers between low and high, or on the steps; choices. Nothing for a continuous dimension.
std::optional<double> value_count(const Dimension& dimension);

// The allowed value that is nearest; between the ends.
double nearest(const Dimension& dimension, double value);

// As trials get it: the shortest text that reads back as the same number, or the choice.
std::string format_value(const Dimension& dimension, double value);
// Nothing for a text that is not a value of the dimension.
std::optional<double> parse_value(const Dimension& dimension, const std::string& text);

// The line that the search draws from, on its scale (logarithmic or linear): half a step longer than the values at
// both ends, so that rounding gives each of them an equal share.
struct Interval {
  double low;
  double high;
};
Interval scaled_range(const Dimension& dimension);
double to_scale(const Dimension& dimension, double value);
// Back from the scale, to the nearest allowed value.
double from_scale(const Dimension& dimension, double scaled);

}  // namespace gyre::experiment::search
