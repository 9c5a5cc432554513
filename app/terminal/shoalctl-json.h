/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* What the daemon says, as JSON of a fixed shape. A table of fields names every member;
 * a member is there whether or not the daemon knows it (then 0, "", false, [] or {}). */

typedef enum
{
  SHOALCTL_VIEW_TEXT,    /* as it is; a list with commas */
  SHOALCTL_VIEW_BYTES,   /* 1.5 MB */
  SHOALCTL_VIEW_RATE,    /* 1.5 MB/s */
  SHOALCTL_VIEW_MS,      /* milliseconds; negative: not known */
  SHOALCTL_VIEW_SECONDS, /* a length of time; negative: not known */
  SHOALCTL_VIEW_SINCE,   /* a moment, seconds since 1970 */
  SHOALCTL_VIEW_PERCENT, /* 0.0 to 1.0; negative: not known */
  SHOALCTL_VIEW_SOURCES, /* who gave how much */
  SHOALCTL_VIEW_SCORE,   /* 0.0 to 1.0, two digits */
  SHOALCTL_VIEW_WHO,     /* peer ids shortened, "local" and URLs as they are */
} ShoalctlView;

typedef struct
{
  const char *name;   /* of the JSON member; %NULL ends a table */
  const char *source; /* of the D-Bus property or dictionary key */
  const char *type;   /* D-Bus type; another type counts as not known */
  const char *title;  /* (nullable): in the text view; %NULL: not shown there */
  ShoalctlView view;
} ShoalctlField;

/**
 * shoalctl_json_from_variant:
 *
 * Dictionaries become objects ("-" in a key becomes "_"), arrays arrays, integers
 * numbers; a number that JSON readers can't hold (above 2^63 - 1) becomes 2^63 - 1.
 */
JsonNode *shoalctl_json_from_variant (GVariant *value) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoalctl_json_from_dict:
 * @dict: a{sv}
 * @fields: ended by a %NULL name
 */
JsonObject *
shoalctl_json_from_dict (GVariant *dict,
                         const ShoalctlField *fields) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoalctl_json_from_proxy:
 *
 * The same from the cached properties of a proxy.
 */
JsonObject *
shoalctl_json_from_proxy (GDBusProxy *proxy,
                          const ShoalctlField *fields) G_GNUC_WARN_UNUSED_RESULT;

/**
 * shoalctl_json_format:
 * @node: (transfer none)
 *
 * Returns: (transfer full): indented text, ended by a newline
 */
char *shoalctl_json_format (JsonNode *node) G_GNUC_WARN_UNUSED_RESULT;
