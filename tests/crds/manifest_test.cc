#include "crds/generate/manifest.h"

#include <gtest/gtest.h>
#include <yaml-cpp/yaml.h>

#include <fstream>
#include <sstream>

#include "crds/generate/reference.h"
#include "crds/generate/yaml.h"
#include "crds/v1alpha1/kinds.h"

namespace gyre {
namespace {

std::string read_file(const std::string& path) {
  std::ifstream file(std::string(GYRE_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class T>
class Manifest : public testing::Test {};
using Kinds = testing::Types<Experiment, TrainingJob, ModelVersion, InferenceService, DriftMonitor>;
TYPED_TEST_SUITE(Manifest, Kinds);

TYPED_TEST(Manifest, IsTheCommittedOne) {
  constexpr Kind kind = kind_of(Type<TypeParam>{});
  const auto info = crd_info(Type<TypeParam>{});
  const std::string plural(kind.plural);
  EXPECT_EQ(crd_yaml(kind, info, kind_schema<TypeParam>()), read_file("crds/manifests/" + plural + ".yaml"));
  EXPECT_EQ(reference_page(kind, info, kind_schema<TypeParam>()), read_file("docs/reference/" + plural + ".md"));
}

TYPED_TEST(Manifest, DescribesEveryField) {
  const std::function<void(const schema::OrderedJson&, const std::string&)> walk = [&](const auto& object,
                                                                                       const std::string& path) {
    if (!object.contains("properties")) return;
    for (const auto& [name, property] : object["properties"].items()) {
      const std::string at = path + "." + name;
      EXPECT_NE(property.value("description", ""), "") << at;
      walk(property.value("type", "") == "array" ? property["items"] : property, at);
    }
  };
  const schema::OrderedJson schema = kind_schema<TypeParam>();
  walk(schema["properties"]["spec"], "spec");
  walk(schema["properties"]["status"], "status");
}

// YAML 1.1 reads a bare n as false: the API server would know no field of that name, and drop it.
TEST(Yaml, QuotesNamesThatWouldBeBooleans) {
  EXPECT_EQ(to_yaml({{"n", 1}, {"on", 2}, {"name", 3}}), "\"n\": 1\n\"on\": 2\nname: 3\n");
  EXPECT_EQ(to_yaml({{"small", 1e-6}, {"whole", 2}}), "small: 1.0e-06\nwhole: 2\n");
}

}  // namespace
}  // namespace gyre
