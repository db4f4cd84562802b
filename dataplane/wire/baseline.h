#pragma once

// gyre.baseline/v1: what a model was trained on, as counts in frozen bins. Sealed by the digest of the file.

#include "crds/schema/codec.h"
#include "crds/schema/traits.h"

namespace gyre::wire {

inline constexpr char kBaselineVersion[] = "gyre.baseline/v1";
// A sealed baseline must fit an immutable ConfigMap.
inline constexpr std::size_t kMaxBaselineBytes = 900 * 1024;

// One feature's, or the prediction's, frozen bins and their counts.
//
// Numeric: the edges e0..ek, outer ones included, and counts as stats::Bins lays them out:
// [below][b0..bk-1][above][missing][nan][neg_inf][pos_inf]. Categorical: the categories, and counts as
// stats::Categories lays them out: [c0..][other][missing].
struct Profile {
  std::string name;
  std::string type;  // numeric or categorical
  std::vector<double> edges;
  std::vector<std::string> categories;
  std::vector<std::int64_t> counts;
  double min = 0;
  double max = 0;
  double mean = 0;
  double stddev = 0;
  bool operator==(const Profile&) const = default;
};

constexpr auto describe(Type<Profile>) {
  using namespace schema;
  using S = Profile;
  return object("Frozen bins and their counts.", field("name", &S::name, "", required),
                field("type", &S::type, "numeric or categorical", required), field("edges", &S::edges, ""),
                field("categories", &S::categories, ""), field("counts", &S::counts, "", required),
                field("min", &S::min, ""), field("max", &S::max, ""), field("mean", &S::mean, ""),
                field("stddev", &S::stddev, ""));
}

struct Baseline {
  std::string version = kBaselineVersion;
  std::int64_t rows = 0;
  std::vector<Profile> features;
  std::vector<Profile> predictions;
  bool operator==(const Baseline&) const = default;
};

constexpr auto describe(Type<Baseline>) {
  using namespace schema;
  using S = Baseline;
  return object("A sealed baseline profile.", field("version", &S::version, "", required),
                field("rows", &S::rows, "", required), field("features", &S::features, "", required),
                field("predictions", &S::predictions, ""));
}

}  // namespace gyre::wire
