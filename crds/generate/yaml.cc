#include "crds/generate/yaml.h"

#include <yaml-cpp/yaml.h>

#include <set>

namespace gyre {
namespace {

// What YAML 1.1, which Kubernetes reads, takes for a boolean: "n" would be a property named "false".
bool reads_as_boolean(const std::string& key) {
  static const std::set<std::string> kWords = {"y", "n", "yes", "no", "on", "off", "true", "false"};
  return kWords.contains(key);
}

// In YAML 1.1 a number with an exponent and no point is a string: "1e-06" is, "1.0e-06" is not.
std::string number_text(const nlohmann::ordered_json& value) {
  std::string text = value.dump();
  const std::size_t exponent = text.find('e');
  if (value.is_number_float() && exponent != std::string::npos && text.find('.') == std::string::npos)
    text.insert(exponent, ".0");
  return text;
}

void emit(YAML::Emitter& out, const nlohmann::ordered_json& value) {
  if (value.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, item] : value.items()) {
      out << YAML::Key;
      if (reads_as_boolean(key)) out << YAML::DoubleQuoted;
      out << key << YAML::Value;
      emit(out, item);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    out << YAML::BeginSeq;
    for (const auto& item : value) emit(out, item);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    out << YAML::DoubleQuoted << value.get<std::string>();
  } else {
    out << number_text(value);
  }
}

}  // namespace

std::string to_yaml(const nlohmann::ordered_json& value) {
  YAML::Emitter out;
  emit(out, value);
  return std::string(out.c_str()) + "\n";
}

}  // namespace gyre
