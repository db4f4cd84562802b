#pragma once

// OpenSSL objects that free themselves, and PEM into them.

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "operator/base/result.h"

namespace gyre::x509 {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free_all>>;

// The first certificate of the text.
Result<Certificate> parse_certificate(const std::string& pem);
// All of them, in order; an error when there is none.
Result<std::vector<Certificate>> parse_certificates(const std::string& pem);
Result<Key> parse_key(const std::string& pem);

// What OpenSSL says went wrong, under this reason.
std::unexpected<Error> openssl_error(std::string_view what);

}  // namespace gyre::x509
