// stats_bench VALUES EDGES REFERENCE CURRENT BINS: files of little-endian float64; the last two hold one row of BINS
// counts a feature. Measures once for every word on standard input and answers with a line of JSON:
//   count   counts VALUES into the bins of EDGES
//   psi     the PSI of every feature

#include <fmt/core.h>
#include <fmt/ranges.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include "dataplane/stats/divergence.h"
#include "dataplane/stats/histogram.h"

namespace {

using Watch = std::chrono::steady_clock;

double seconds_since(Watch::time_point start) { return std::chrono::duration<double>(Watch::now() - start).count(); }

std::vector<double> read_doubles(const char* file) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  if (!in) {
    fmt::print(stderr, "stats_bench: cannot read {}\n", file);
    std::exit(1);
  }
  std::vector<double> values(static_cast<std::size_t>(in.tellg()) / sizeof(double));
  in.seekg(0);
  in.read(reinterpret_cast<char*>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(double)));
  return values;
}

std::string measure_count(const gyre::stats::Bins& bins, const std::vector<double>& values) {
  std::vector<std::uint64_t> counts(bins.size());
  const auto start = Watch::now();
  bins.count(values, counts);
  return fmt::format(R"({{"seconds": {}, "answer": [{}]}})", seconds_since(start), fmt::join(counts, ", "));
}

std::string measure_psi(const std::vector<double>& reference, const std::vector<double>& current, std::size_t width) {
  std::vector<double> answer(reference.size() / width);
  const auto start = Watch::now();
  for (std::size_t i = 0; i < answer.size(); ++i)
    answer[i] = gyre::stats::psi({&reference[i * width], width}, {&current[i * width], width});
  return fmt::format(R"({{"seconds": {}, "answer": [{}]}})", seconds_since(start), fmt::join(answer, ", "));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 6) {
    fmt::print(stderr, "usage: stats_bench VALUES EDGES REFERENCE CURRENT BINS\n");
    return 2;
  }
  const std::vector<double> values = read_doubles(argv[1]);
  const auto bins = gyre::stats::Bins::make(read_doubles(argv[2]));
  const std::vector<double> reference = read_doubles(argv[3]);
  const std::vector<double> current = read_doubles(argv[4]);
  const std::size_t width = std::strtoul(argv[5], nullptr, 10);
  if (!bins || width == 0 || reference.size() != current.size() || reference.size() % width != 0) {
    fmt::print(stderr, "stats_bench: the edges must increase, and both count files hold rows of BINS counts\n");
    return 2;
  }
  for (std::string what; std::getline(std::cin, what);) {
    fmt::print("{}\n", what == "psi" ? measure_psi(reference, current, width) : measure_count(*bins, values));
    std::fflush(stdout);
  }
}
