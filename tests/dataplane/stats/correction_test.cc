#include "dataplane/stats/correction.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace gyre::stats {
namespace {

using Values = std::vector<double>;

TEST(BenjaminiHochberg, AgreesWithScipy) {
  const Values p{0.039, 0.001, 0.008, 0.041, 0.042, 0.06, 0.074, 0.205};
  // scipy.stats.false_discovery_control(p)
  const Values want{0.0672, 0.008, 0.032, 0.0672, 0.0672, 0.08, 0.08457142857142858, 0.205};
  const Values adjusted = adjust(p, Correction::kBenjaminiHochberg);
  for (std::size_t i = 0; i < p.size(); ++i) EXPECT_NEAR(adjusted[i], want[i], 1e-12) << i;
}

TEST(Corrections, CountAPValueThatEqualsItsBound) {
  EXPECT_EQ(rejected(Values{0.05}, 0.05, Correction::kNone), std::vector<bool>{true});
  EXPECT_EQ(rejected(Values{0.25, 0.5}, 0.5, Correction::kBonferroni), (std::vector<bool>{true, false}));
  EXPECT_EQ(rejected(Values{0.25, 0.5}, 0.5, Correction::kBenjaminiHochberg), (std::vector<bool>{true, true}));
}

TEST(BenjaminiHochberg, ALaterOneCarriesTheEarlierOnes) {
  EXPECT_EQ(rejected(Values{0.04, 0.045, 0.05}, 0.05, Correction::kBenjaminiHochberg),
            (std::vector<bool>{true, true, true}));
  EXPECT_EQ(rejected(Values{0.04, 0.045, 0.05}, 0.05, Correction::kBonferroni),
            (std::vector<bool>{false, false, false}));
}

TEST(Corrections, DoNotCountWhatWasNotTested) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const Values adjusted = adjust(Values{nan, 0.02, nan}, Correction::kBonferroni);
  EXPECT_TRUE(std::isnan(adjusted[0]));
  EXPECT_EQ(adjusted[1], 0.02);
  EXPECT_EQ(rejected(Values{nan, 0.02}, 0.05, Correction::kBenjaminiHochberg), (std::vector<bool>{false, true}));
  EXPECT_TRUE(adjust({}, Correction::kBenjaminiHochberg).empty());
}

TEST(Corrections, NamesGoBothWays) {
  for (Correction c : {Correction::kNone, Correction::kBonferroni, Correction::kBenjaminiHochberg})
    EXPECT_EQ(parse_correction(format_correction(c)), c);
  EXPECT_FALSE(parse_correction("holm"));
}

}  // namespace
}  // namespace gyre::stats
