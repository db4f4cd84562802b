// pods_bench PODS: a file with one Pod as JSON a line, as a watch delivers them. Measures once for every word on
// standard input and answers with a line of JSON, {"seconds", "bytes", "objects"}: bytes is what stays allocated.
//   cache   parses, decodes and puts each pod into the operator's store
//   dom     parses each pod and keeps the whole nlohmann document

#include <fmt/core.h>
#include <malloc.h>

#include <chrono>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "crds/builtin/pod.h"
#include "operator/runtime/store.h"

namespace {

using Watch = std::chrono::steady_clock;

struct PodStore : gyre::runtime::ObjectStore {
  PodStore() : ObjectStore(gyre::runtime::object_type<gyre::Pod>()) {}
};

std::size_t allocated() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

// `keep` fills what it is given, whose size is then the number of objects.
template <class Kept, class Keep>
std::string measure(const std::vector<std::string>& lines, Keep keep) {
  const std::size_t before = allocated();
  const auto start = Watch::now();
  Kept kept;
  for (const std::string& line : lines) keep(kept, line);
  const double seconds = std::chrono::duration<double>(Watch::now() - start).count();
  return fmt::format(R"({{"seconds": {}, "bytes": {}, "objects": {}}})", seconds, allocated() - before, kept.size());
}

std::string measure_cache(const std::vector<std::string>& lines) {
  return measure<PodStore>(lines, [&](PodStore& store, const std::string& line) {
    if (auto object = gyre::kube::parse_object(line)) (void)store.upsert(std::move(*object));
  });
}

std::string measure_dom(const std::vector<std::string>& lines) {
  using Documents = std::vector<nlohmann::json>;
  return measure<Documents>(lines, [](Documents& documents, const std::string& line) {
    documents.push_back(nlohmann::json::parse(line, nullptr, false));
  });
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: pods_bench PODS\n");
    return 2;
  }
  std::vector<std::string> lines;
  std::ifstream in(argv[1]);
  for (std::string line; std::getline(in, line);) lines.push_back(std::move(line));
  for (std::string what; std::getline(std::cin, what);) {
    fmt::print("{}\n", what == "dom" ? measure_dom(lines) : measure_cache(lines));
    std::fflush(stdout);
  }
}
