#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

// Many tests at once: which of the p-values still count.
namespace gyre::stats {

enum class Correction {
  kNone,               // none
  kBonferroni,         // Bonferroni: at most alpha chance of any false alarm
  kBenjaminiHochberg,  // BH: at most alpha share of false alarms among the alarms
};

std::optional<Correction> parse_correction(std::string_view name);
std::string_view format_correction(Correction correction);

// p-values after correction, in the order given, to be compared with <= alpha. NaN (no test was made) stays NaN and
// is not counted as a test.
std::vector<double> adjust(std::span<const double> p_values, Correction correction);
// adjust(…) <= alpha.
std::vector<bool> rejected(std::span<const double> p_values, double alpha, Correction correction);

}  // namespace gyre::stats
