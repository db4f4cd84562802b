#include "webhooks/x509.h"

#include <fmt/format.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <ctime>

#include "operator/serve/x509_handles.h"

namespace gyre::x509 {
namespace {

using serve::KeyPair;
using Names = std::unique_ptr<GENERAL_NAMES, Freer<GENERAL_NAMES_free>>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

Result<KeyPair> to_pem(const Certificate& certificate, const Key& key) {
  const Bio certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  if (PEM_write_bio_X509(certificate_text.get(), certificate.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return openssl_error("write a certificate");
  return KeyPair{text_of(certificate_text.get()), text_of(key_text.get())};
}

bool set_serial(X509* certificate) {
  unsigned char bytes[16];
  if (RAND_bytes(bytes, sizeof bytes) != 1) return false;
  bytes[0] &= 0x7f;  // Serial numbers are positive.
  const std::unique_ptr<BIGNUM, Freer<BN_free>> number(BN_bin2bn(bytes, sizeof bytes, nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate));
}

bool set_life(X509* certificate, Time start, Time end) {
  const auto seconds = [](Time time) {
    return static_cast<std::time_t>(std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count());
  };
  return ASN1_TIME_set(X509_getm_notBefore(certificate), seconds(start)) &&
         ASN1_TIME_set(X509_getm_notAfter(certificate), seconds(end));
}

bool set_name(X509_NAME* name, const std::string& common_name) {
  return X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1, 0) == 1;
}

bool add_extension(X509* certificate, X509* issuer, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, Freer<X509_EXTENSION_free>> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(certificate, extension.get(), -1) == 1;
}

struct Draft {
  Certificate certificate;
  Key key;
};

// Version 3, with a key of its own, a random serial number and a name.
Result<Draft> draft(const std::string& common_name, Time start, Time end) {
  Draft out{Certificate(X509_new()), Key(EVP_EC_gen("P-256"))};
  X509* certificate = out.certificate.get();
  if (!certificate || !out.key || X509_set_version(certificate, X509_VERSION_3) != 1 || !set_serial(certificate) ||
      !set_life(certificate, start, end) || !set_name(X509_get_subject_name(certificate), common_name) ||
      X509_set_pubkey(certificate, out.key.get()) != 1)
    return openssl_error("make a certificate");
  return out;
}

Result<Time> time_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return openssl_error("read a certificate's time");
  return Time(std::chrono::seconds(timegm(&parts)));
}

std::vector<std::string> dns_names_of(X509* certificate) {
  std::vector<std::string> out;
  const Names names(static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr)));
  for (int i = 0; names && i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_DNS) continue;
    out.emplace_back(reinterpret_cast<const char*>(ASN1_STRING_get0_data(name->d.dNSName)),
                     ASN1_STRING_length(name->d.dNSName));
  }
  return out;
}

}  // namespace

Result<KeyPair> make_ca(const std::string& common_name, Time start, Time end) {
  Result<Draft> made = draft(common_name, start, end);
  if (!made) return fail(std::move(made).error());
  X509* ca = made->certificate.get();
  if (X509_set_issuer_name(ca, X509_get_subject_name(ca)) != 1 ||
      !add_extension(ca, ca, NID_basic_constraints, "critical,CA:TRUE,pathlen:0") ||
      !add_extension(ca, ca, NID_key_usage, "critical,keyCertSign,cRLSign") ||
      !add_extension(ca, ca, NID_subject_key_identifier, "hash") || X509_sign(ca, made->key.get(), EVP_sha256()) == 0)
    return openssl_error("make a CA");
  return to_pem(made->certificate, made->key);
}

Result<KeyPair> make_serving(const KeyPair& ca, const std::vector<std::string>& dns_names, Time start, Time end) {
  const Result<Certificate> issuer = parse_certificate(ca.certificate);
  if (!issuer) return fail(issuer.error());
  const Result<Key> issuer_key = parse_key(ca.key);
  if (!issuer_key) return fail(issuer_key.error());
  Result<Draft> made = draft("gyre-operator", start, end);
  if (!made) return fail(std::move(made).error());
  X509* serving = made->certificate.get();
  const std::string names = fmt::format("DNS:{}", fmt::join(dns_names, ",DNS:"));
  if (X509_set_issuer_name(serving, X509_get_subject_name(issuer->get())) != 1 ||
      !add_extension(serving, issuer->get(), NID_basic_constraints, "critical,CA:FALSE") ||
      !add_extension(serving, issuer->get(), NID_key_usage, "critical,digitalSignature") ||
      !add_extension(serving, issuer->get(), NID_ext_key_usage, "serverAuth") ||
      !add_extension(serving, issuer->get(), NID_authority_key_identifier, "keyid:always") ||
      !add_extension(serving, issuer->get(), NID_subject_alt_name, names) ||
      X509_sign(serving, issuer_key->get(), EVP_sha256()) == 0)
    return openssl_error("make a serving certificate");
  return to_pem(made->certificate, made->key);
}

Result<CertificateInfo> read(const std::string& certificate) {
  const Result<Certificate> parsed = parse_certificate(certificate);
  if (!parsed) return fail(parsed.error());
  const Result<Time> start = time_of(X509_get0_notBefore(parsed->get()));
  const Result<Time> end = time_of(X509_get0_notAfter(parsed->get()));
  if (!start || !end) return fail(start ? end.error() : start.error());
  return CertificateInfo{*start, *end, dns_names_of(parsed->get())};
}

Result<void> check_key(const KeyPair& pair) {
  const Result<Certificate> certificate = parse_certificate(pair.certificate);
  if (!certificate) return fail(certificate.error());
  const Result<Key> key = parse_key(pair.key);
  if (!key) return fail(key.error());
  if (X509_check_private_key(certificate->get(), key->get()) != 1)
    return openssl_error("match a key to its certificate");
  return {};
}

Result<void> check_signature(const std::string& certificate, const std::string& ca) {
  const Result<Certificate> parsed = parse_certificate(certificate);
  if (!parsed) return fail(parsed.error());
  const Result<Certificate> issuer = parse_certificate(ca);
  if (!issuer) return fail(issuer.error());
  if (X509_verify(parsed->get(), X509_get0_pubkey(issuer->get())) != 1) return openssl_error("verify a certificate");
  return {};
}

Result<void> check_chain(const std::string& certificates, const std::string& bundle) {
  const auto chain = parse_certificates(certificates);
  if (!chain) return fail(chain.error());
  const auto trusted = parse_certificates(bundle);
  if (!trusted) return fail(trusted.error());
  const std::unique_ptr<X509_STORE, Freer<X509_STORE_free>> store(X509_STORE_new());
  // An intermediate CA may be all that is given.
  X509_STORE_set_flags(store.get(), X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN);
  for (const Certificate& each : *trusted) X509_STORE_add_cert(store.get(), each.get());
  // The stack only borrows them.
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> others(
      sk_X509_new_null(), [](STACK_OF(X509) * all) { sk_X509_free(all); });
  for (std::size_t i = 1; i < chain->size(); ++i) sk_X509_push(others.get(), (*chain)[i].get());
  const std::unique_ptr<X509_STORE_CTX, Freer<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  X509_STORE_CTX_init(context.get(), store.get(), chain->front().get(), others.get());
  if (X509_verify_cert(context.get()) == 1) return {};
  return fail(Code::kInvalid, "UntrustedCertificate",
              fmt::format("the certificate does not lead to a CA of the bundle: {}",
                          X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get()))));
}

}  // namespace gyre::x509
