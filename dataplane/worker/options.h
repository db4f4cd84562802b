#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "operator/base/result.h"

namespace gyre::worker {

// A subcommand's options: "--name value" pairs and flags without a value.
class Options {
 public:
  struct Known {
    std::vector<std::string_view> values;
    std::vector<std::string_view> flags;
  };

  // `arguments` follow the subcommand. kInvalid names the first that is not known, and those that are.
  static Result<Options> parse(const std::vector<std::string>& arguments, const Known& known);

  bool has(std::string_view name) const { return values_.contains(name); }
  // Empty when it was not given.
  std::string get(std::string_view name) const;
  std::string get_or(std::string_view name, std::string otherwise) const;
  // kInvalid when one of them was not given or is empty.
  Result<> require(const std::vector<std::string_view>& names) const;
  // A whole number of at least 0.
  Result<std::int64_t> number(std::string_view name, std::int64_t otherwise) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

}  // namespace gyre::worker
