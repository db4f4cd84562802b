#include "controllers/experiment/search/suggest.h"

#include <fmt/format.h>

#include <cmath>

#include "controllers/common/metric_values.h"

namespace gyre::experiment::search {
namespace {

using Wrong = std::optional<std::string>;

Wrong read_count(double value, int& into) {
  if (value != std::floor(value) || value < 1 || value > 10000) return "must be a whole number from 1 to 10000";
  into = static_cast<int>(value);
  return std::nullopt;
}

Wrong read_setting(const AlgorithmSetting& setting, double value, TpeSettings& out) {
  if (setting.name == "n_startup_trials") return read_count(value, out.startup_trials);
  if (setting.name == "n_ei_candidates") return read_count(value, out.candidates);
  if (value <= 0 || value >= 1) return "must be between 0 and 1";
  out.gamma = value;
  return std::nullopt;
}

bool is_known(const std::string& name) {
  return name == "n_startup_trials" || name == "n_ei_candidates" || name == "gamma";
}

}  // namespace

std::expected<TpeSettings, schema::FieldError> parse_tpe_settings(const Algorithm& algorithm) {
  TpeSettings out;
  for (std::size_t i = 0; i < algorithm.algorithm_settings.size(); ++i) {
    const AlgorithmSetting& setting = algorithm.algorithm_settings[i];
    const std::string path = fmt::format("algorithmSettings[{}]", i);
    if (!is_known(setting.name))
      return std::unexpected(schema::FieldError{
          path + ".name", fmt::format("\"{}\" is no setting of tpe; it has n_startup_trials, n_ei_candidates and gamma",
                                      setting.name)});
    const auto value = finite_number(setting.value);
    const Wrong wrong =
        value ? read_setting(setting, *value, out) : Wrong("is not a number; write one, as text: \"1\"");
    if (wrong)
      return std::unexpected(schema::FieldError{path + ".value", fmt::format("\"{}\" {}", setting.value, *wrong)});
  }
  return out;
}

std::optional<Point> suggest(const Space& space, const Algorithm& algorithm, int index, const History& history) {
  switch (algorithm.algorithm_name) {
    case AlgorithmName::kRandom:
      return suggest_random(space, algorithm.seed, index);
    case AlgorithmName::kGrid:
      return suggest_grid(space, index);
    case AlgorithmName::kTpe:
      return suggest_tpe(space, parse_tpe_settings(algorithm).value_or(TpeSettings{}), algorithm.seed, index, history);
  }
  return std::nullopt;
}

}  // namespace gyre::experiment::search
