/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "base/mesh-error.h"

static const char *const nicks[] = {
  "Invalid",  "Unsupported", "Limit",        "NotFound",   "Unreachable",
  "TimedOut", "Closed",      "Busy",         "Exists",     "WrongState",
  "Refused",  "Protocol",    "Auth",         "Mismatch",   "Corrupt",
  "NoSpace",  "Io",          "BadSignature", "UnknownKey", "Threshold",
  "Rollback", "Expired",     "Mixed",        "WrongApp",   "WrongChannel",
  "TooLarge", "UnsafePath",
};

G_STATIC_ASSERT (G_N_ELEMENTS (nicks) == MESH_ERROR_N_CODES);

G_DEFINE_QUARK (mesh - error - quark, mesh_error)

const char *
mesh_error_get_nick (int code)
{
  if (code < 0 || code >= MESH_ERROR_N_CODES)
    return "Failed";
  return nicks[code];
}
