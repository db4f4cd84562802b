#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "crds/generate/yaml.h"

namespace gyre::support {

// Compares with tests/golden/<file>; UPDATE_GOLDEN=1 rewrites it.
inline void expect_golden(const nlohmann::json& object, const std::string& file) {
  const std::string path = std::string(GYRE_SOURCE_DIR) + "/tests/golden/" + file;
  const std::string text = to_yaml(nlohmann::ordered_json::parse(object.dump()));
  if (std::getenv("UPDATE_GOLDEN")) std::ofstream(path) << text;
  std::ostringstream want;
  want << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, want.str()) << "if the change is meant, run with UPDATE_GOLDEN=1 and read the diff";
}

}  // namespace gyre::support
