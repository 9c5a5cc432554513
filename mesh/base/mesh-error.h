/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <glib.h>

/**
 * MeshError:
 *
 * The one error domain of the mesh library. A code says what the caller can do about
 * it; the message is for people. The numeric values are private to a build: on D-Bus
 * an error travels by name.
 */
typedef enum
{
  /* Give up: the input can never work. */
  MESH_ERROR_INVALID,     /* malformed bytes, text or argument */
  MESH_ERROR_UNSUPPORTED, /* well-formed, but a kind this build does not know */
  MESH_ERROR_LIMIT,       /* a documented bound was reached */

  /* Look elsewhere or come back later. */
  MESH_ERROR_NOT_FOUND,   /* nobody asked has it */
  MESH_ERROR_UNREACHABLE, /* no address of the peer or server answered */
  MESH_ERROR_TIMED_OUT,   /* no answer in time */
  MESH_ERROR_CLOSED,      /* the stream, connection or object is closed */
  MESH_ERROR_BUSY,        /* too much in flight, or already being done */
  MESH_ERROR_EXISTS,      /* already there */
  MESH_ERROR_WRONG_STATE, /* not legal in the present state */
  MESH_ERROR_REFUSED,     /* the other side said no (policy, not sharing) */

  /* The other side is at fault: do not use it again for this. */
  MESH_ERROR_PROTOCOL, /* the peer broke the protocol */
  MESH_ERROR_AUTH,     /* the peer is not who it must be */
  MESH_ERROR_MISMATCH, /* bytes do not hash to their CID */

  /* Local trouble. */
  MESH_ERROR_CORRUPT,  /* stored data is damaged */
  MESH_ERROR_NO_SPACE, /* disk or cache limit is full */
  MESH_ERROR_IO,       /* another local I/O failure */

  /* Trust: why a release is refused. One code for each attack (mesh/trust). */
  MESH_ERROR_BAD_SIGNATURE, /* a signature does not verify */
  MESH_ERROR_UNKNOWN_KEY,   /* signed by a key this app does not trust */
  MESH_ERROR_THRESHOLD,     /* fewer valid signatures than the key file asks */
  MESH_ERROR_ROLLBACK,      /* an older release than one already seen */
  MESH_ERROR_EXPIRED,       /* the newest metadata is out of date (freeze) */
  MESH_ERROR_MIXED,         /* parts of different releases (mix and match) */
  MESH_ERROR_WRONG_APP,     /* a release of another app */
  MESH_ERROR_WRONG_CHANNEL, /* a release of another channel */
  MESH_ERROR_TOO_LARGE,     /* more data than the manifest allows (endless data) */
  MESH_ERROR_UNSAFE_PATH,   /* a path, mode or link that may not be installed */
} MeshError;

#define MESH_ERROR_N_CODES (MESH_ERROR_UNSAFE_PATH + 1)

#define MESH_ERROR (mesh_error_quark ())
GQuark mesh_error_quark (void);

/**
 * mesh_error_get_nick:
 * @code: a #MeshError
 *
 * Returns: (transfer none): the code in CamelCase ("NotFound"), as used behind
 *   `org.shoal.Shoal1.Error.` on D-Bus; "Failed" when @code is not a #MeshError
 */
const char *mesh_error_get_nick (int code);
