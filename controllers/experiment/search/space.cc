#include "controllers/experiment/search/space.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "controllers/common/metric_values.h"

namespace gyre::experiment::search {
namespace {

using Parsed = std::expected<Dimension, schema::FieldError>;

// Beyond it doubles do not hold every whole number.
constexpr double kLargestInt = 9007199254740992.0;

std::unexpected<schema::FieldError> wrong(std::string field, std::string message) {
  return std::unexpected(schema::FieldError{"feasibleSpace." + std::move(field), std::move(message)});
}

Parsed parse_categorical(const FeasibleSpace& space, Dimension out) {
  if (space.list.empty()) return wrong("list", "a categorical parameter needs its values here: list: [a, b]");
  for (const auto& [field, text] : {std::pair{"min", &space.min}, {"max", &space.max}, {"step", &space.step}})
    if (!text->empty()) return wrong(field, "is for double and int; a categorical parameter has a list");
  if (space.distribution != Distribution::kUniform)
    return wrong("distribution", "is for double and int; leave it out for a categorical parameter");
  std::set<std::string> known;
  for (const std::string& choice : space.list)
    if (!known.insert(choice).second) return wrong("list", fmt::format("names \"{}\" twice; keep one of them", choice));
  out.choices = space.list;
  out.high = static_cast<double>(space.list.size() - 1);
  out.step = 1;
  return out;
}

std::expected<double, schema::FieldError> parse_number(const std::string& text, const char* field, ParameterType type) {
  const bool is_int = type == ParameterType::kInt;
  const char* kind = is_int ? "a whole number" : "a number";
  if (text.empty()) return wrong(field, fmt::format("is needed: write {}, as text: \"1\"", kind));
  const auto value = finite_number(text);
  if (!value) return wrong(field, fmt::format("\"{}\" is not {}; write one, as text: \"1\"", text, kind));
  if (is_int && (*value != std::floor(*value) || std::abs(*value) > kLargestInt))
    return wrong(field, fmt::format("\"{}\" is not a whole number, which an int parameter needs", text));
  return *value;
}

Parsed with_step(const FeasibleSpace& space, Dimension out) {
  out.step = out.type == ParameterType::kInt ? 1 : 0;
  if (space.step.empty()) return out;
  const auto step = parse_number(space.step, "step", out.type);
  if (!step) return std::unexpected(step.error());
  if (*step <= 0) return wrong("step", fmt::format("\"{}\" must be greater than 0", space.step));
  if (*step > out.high - out.low) return wrong("step", fmt::format("\"{}\" is more than max - min", space.step));
  if (out.is_log && *step != out.step)
    return wrong("step", "equal steps and logUniform do not go together; leave out one of them");
  out.step = *step;
  // The largest value that the steps reach; a tolerance, because 0.1 has no exact double.
  out.high = out.low + std::floor((out.high - out.low) / out.step + 1e-9) * out.step;
  return out;
}

Parsed parse_numeric(const FeasibleSpace& space, Dimension out) {
  if (!space.list.empty()) return wrong("list", "is for categorical parameters; write min and max");
  const auto low = parse_number(space.min, "min", out.type);
  if (!low) return std::unexpected(low.error());
  const auto high = parse_number(space.max, "max", out.type);
  if (!high) return std::unexpected(high.error());
  if (*low >= *high)
    return wrong("min", fmt::format("\"{}\" must be less than max, which is \"{}\"", space.min, space.max));
  if (!std::isfinite(*high - *low)) return wrong("max", "is too far from min; write a smaller one");
  out.low = *low;
  out.high = *high;
  out.is_log = space.distribution == Distribution::kLogUniform;
  if (out.is_log && out.low <= 0)
    return wrong("min", fmt::format("\"{}\" must be greater than 0 for logUniform", space.min));
  return with_step(space, std::move(out));
}

}  // namespace

Parsed parse_dimension(const ParameterSpec& parameter) {
  Dimension out;
  out.name = parameter.name;
  out.type = parameter.parameter_type;
  const FeasibleSpace& space = parameter.feasible_space;
  return out.type == ParameterType::kCategorical ? parse_categorical(space, std::move(out))
                                                 : parse_numeric(space, std::move(out));
}

std::optional<Space> parse_space(const std::vector<ParameterSpec>& parameters) {
  Space out;
  for (const ParameterSpec& each : parameters) {
    auto dimension = parse_dimension(each);
    if (!dimension) return std::nullopt;
    out.push_back(*std::move(dimension));
  }
  return out;
}

std::optional<double> value_count(const Dimension& dimension) {
  if (dimension.step == 0) return std::nullopt;
  return std::round((dimension.high - dimension.low) / dimension.step) + 1;
}

double nearest(const Dimension& dimension, double value) {
  if (dimension.step == 0) return std::clamp(value, dimension.low, dimension.high);
  const double last = *value_count(dimension) - 1;
  const double k = std::clamp(std::round((value - dimension.low) / dimension.step), 0.0, last);
  return dimension.low + k * dimension.step;
}

std::string format_value(const Dimension& dimension, double value) {
  if (dimension.type == ParameterType::kCategorical) return dimension.choices[static_cast<std::size_t>(value)];
  if (dimension.type == ParameterType::kInt) return fmt::format("{:.0f}", value);
  // 0.1 + 2 * 0.1 is to be 0.3, and the last digits of a logarithm are noise.
  const double rounded = std::stod(fmt::format("{:.10g}", value));
  return fmt::format("{}", dimension.step == 0 ? std::clamp(rounded, dimension.low, dimension.high) : rounded);
}

std::optional<double> parse_value(const Dimension& dimension, const std::string& text) {
  if (dimension.type != ParameterType::kCategorical) return finite_number(text);
  const auto found = std::ranges::find(dimension.choices, text);
  if (found == dimension.choices.end()) return std::nullopt;
  return static_cast<double>(found - dimension.choices.begin());
}

Interval scaled_range(const Dimension& dimension) {
  const double half = dimension.step / 2;  // A logarithmic scale has steps of 1 from 1, or none: low - half > 0.
  if (!dimension.is_log) return {dimension.low - half, dimension.high + half};
  return {std::log(dimension.low - half), std::log(dimension.high + half)};
}

double to_scale(const Dimension& dimension, double value) { return dimension.is_log ? std::log(value) : value; }

double from_scale(const Dimension& dimension, double scaled) {
  return nearest(dimension, dimension.is_log ? std::exp(scaled) : scaled);
}

}  // namespace gyre::experiment::search
