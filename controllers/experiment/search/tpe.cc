#include "controllers/experiment/search/tpe.h"

#include <algorithm>
#include <cmath>

#include "controllers/experiment/search/parzen.h"
#include "controllers/experiment/search/random.h"

namespace gyre::experiment::search {
namespace {

constexpr double kMostGood = 25;

struct Split {
  std::vector<const Observation*> good;
  std::vector<const Observation*> others;
};

// Both in the order of the trials' indices, whatever the order of the history.
Split split(const History& history, double gamma) {
  std::vector<const Observation*> succeeded;
  Split out;
  for (const Observation& each : history)
    (each.outcome == Outcome::kSucceeded ? succeeded : out.others).push_back(&each);
  std::ranges::sort(succeeded, {}, [](const Observation* o) { return std::pair(o->loss, o->index); });
  const double wanted = std::min(std::ceil(gamma * static_cast<double>(succeeded.size())), kMostGood);
  const auto border = succeeded.begin() + static_cast<std::ptrdiff_t>(wanted);
  out.good.assign(succeeded.begin(), border);
  out.others.insert(out.others.end(), border, succeeded.end());
  std::ranges::sort(out.good, {}, &Observation::index);
  std::ranges::sort(out.others, {}, &Observation::index);
  return out;
}

std::vector<double> values_of(const std::vector<const Observation*>& trials, std::size_t dimension) {
  std::vector<double> out;
  for (const Observation* trial : trials) out.push_back(trial->point[dimension]);
  return out;
}

double best_candidate(const Parzen& good, const Parzen& others, int candidates, stats::Random& random) {
  double best = 0;
  double best_score = -std::numeric_limits<double>::infinity();
  for (int i = 0; i < candidates; ++i) {
    const double value = good.sample(random);
    const double score = good.log_density(value) - others.log_density(value);
    if (score <= best_score) continue;
    best = value;
    best_score = score;
  }
  return best;
}

}  // namespace

Point suggest_tpe(const Space& space, const TpeSettings& settings, std::int64_t seed, int index,
                  const History& history) {
  const auto successes =
      std::ranges::count_if(history, [](const Observation& o) { return o.outcome == Outcome::kSucceeded; });
  if (successes < std::max(1, settings.startup_trials)) return suggest_random(space, seed, index);

  const Split trials = split(history, settings.gamma);
  stats::Random random(static_cast<std::uint64_t>(seed), static_cast<std::uint64_t>(index));
  Point point;
  for (std::size_t i = 0; i < space.size(); ++i) {
    const Parzen good(space[i], values_of(trials.good, i));
    const Parzen others(space[i], values_of(trials.others, i));
    point.push_back(best_candidate(good, others, settings.candidates, random));
  }
  return point;
}

}  // namespace gyre::experiment::search
