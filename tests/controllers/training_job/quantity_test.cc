#include "controllers/training_job/quantity.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace gyre::training_job {
namespace {

TEST(WholeQuantities, AreRoundedDown) {
  EXPECT_EQ(whole_quantity("8Gi"), std::int64_t{8} << 30);
  EXPECT_EQ(whole_quantity("1.5G"), 1500000000);
  EXPECT_EQ(whole_quantity("1900m"), 1);
  EXPECT_EQ(whole_quantity(2), 2);
  EXPECT_EQ(whole_quantity(2.7), 2);
  EXPECT_EQ(whole_quantity("02"), 2);
  EXPECT_EQ(whole_quantity("0.5"), 0);
}

TEST(WholeQuantities, AreNothingElse) {
  for (const nlohmann::json& value : {nlohmann::json("-1"), nlohmann::json("many"), nlohmann::json("1e30"),
                                      nlohmann::json(nullptr), nlohmann::json(true)})
    EXPECT_EQ(whole_quantity(value), std::nullopt) << value;
}

}  // namespace
}  // namespace gyre::training_job
