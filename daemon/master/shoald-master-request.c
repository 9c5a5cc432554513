/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "master/shoald-master-request.h"

#include <string.h>

#define PREFIX "/ipfs/"
#define TYPE_RAW "application/vnd.ipld.raw"
#define TYPE_CAR "application/vnd.ipld.car"
#define MAX_ACCEPT_LEN 1024
#define MAX_RANGES 32 /* media ranges that are looked at */

static gboolean
fail (GError **error, MeshError code, const char *message)
{
  g_set_error_literal (error, MESH_ERROR, code, message);
  return FALSE;
}

/* The path. */

static gboolean
read_path (ShoaldMasterRequest *request, const char *path, GError **error)
{
  g_autoptr (GPtrArray) segments = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GError) inner = NULL;
  g_auto (GStrv) parts = NULL;

  if (!g_str_has_prefix (path, PREFIX) || strlen (path) > SHOALD_MASTER_REQUEST_MAX_LEN)
    return fail (error, MESH_ERROR_INVALID, "The path is not /ipfs/CID[/PATH]");
  parts = g_strsplit (path + strlen (PREFIX), "/", -1);
  request->cid = mesh_cid_parse (parts[0] != NULL ? parts[0] : "", &inner);
  if (request->cid == NULL)
    {
      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID, "“%s” is no CID: %s",
                   parts[0] != NULL ? parts[0] : "", inner->message);
      return FALSE;
    }
  request->cid_text = g_strdup (parts[0]);
  request->path = g_strdup (path);
  for (guint i = 1; parts[i] != NULL; i++)
    {
      char *segment;

      if (*parts[i] == '\0')
        continue;
      segment = g_uri_unescape_string (parts[i], "/");
      if (segment == NULL || segments->len >= SHOALD_MASTER_REQUEST_MAX_SEGMENTS)
        {
          g_free (segment);
          return fail (error, MESH_ERROR_INVALID,
                       "The path below the CID cannot be read");
        }
      g_ptr_array_add (segments, segment);
    }
  g_ptr_array_add (segments, NULL);
  request->segments = (GStrv) g_ptr_array_steal (segments, NULL);
  return TRUE;
}

/* What the CAR is to be like, from the parameters of a media range or from the query. */

typedef enum
{
  CAR_VERSION,
  CAR_ORDER,
  CAR_DUPS,
} CarParameter;

static gboolean
set_car (ShoaldMasterRequest *request, CarParameter parameter, const char *value)
{
  switch (parameter)
    {
    case CAR_VERSION:
      return g_str_equal (value, "1");
    case CAR_ORDER:
      return g_str_equal (value, "dfs") || g_str_equal (value, "unk");
    case CAR_DUPS:
      request->has_duplicates = g_str_equal (value, "y");
      return g_str_equal (value, "y") || g_str_equal (value, "n");
    default:
      return FALSE;
    }
}

/* Returns: whether a media range with these parameters can be given. */
static gboolean
set_parameters (ShoaldMasterRequest *request, GStrv parameters, double *quality)
{
  static const char *const names[] = { "version", "order", "dups" };

  *quality = 1;
  for (; *parameters != NULL; parameters++)
    {
      char *equals = strchr (*parameters, '=');
      g_autofree char *value = NULL;

      if (equals == NULL)
        continue;
      *equals = '\0';
      value = g_ascii_strdown (g_strstrip (equals + 1), -1);
      g_strdelimit (value, "\"", ' ');
      g_strstrip (value);
      g_strstrip (*parameters);
      if (g_ascii_strcasecmp (*parameters, "q") == 0)
        *quality = CLAMP (g_ascii_strtod (value, NULL), 0, 1);
      for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
        if (g_ascii_strcasecmp (*parameters, names[i]) == 0
            && !set_car (request, (CarParameter) i, value))
          return FALSE;
    }
  return TRUE;
}

/* The best of what @accept takes; the first one wins a tie. A wildcard says nothing about
 * raw or CAR, so alone it counts as no header. */
static gboolean
read_accept (ShoaldMasterRequest *request, const char *accept, GError **error)
{
  g_auto (GStrv) ranges = g_strsplit (accept, ",", MAX_RANGES);
  gboolean has_wildcard = FALSE;
  double best = 0;

  for (guint i = 0; ranges[i] != NULL; i++)
    {
      g_auto (GStrv) parts = g_strsplit (ranges[i], ";", -1);
      ShoaldMasterRequest wanted = { 0 };
      const char *type = parts[0] != NULL ? g_strstrip (parts[0]) : "";
      double quality;
      gboolean is_car = g_ascii_strcasecmp (type, TYPE_CAR) == 0;

      has_wildcard |= g_str_equal (type, "*/*") || g_str_equal (type, "application/*");
      if (!is_car && g_ascii_strcasecmp (type, TYPE_RAW) != 0)
        continue;
      if (!set_parameters (&wanted, parts + 1, &quality) && is_car)
        continue;
      if (quality <= best)
        continue;
      best = quality;
      request->format = is_car ? SHOALD_MASTER_FORMAT_CAR : SHOALD_MASTER_FORMAT_RAW;
      request->has_duplicates = is_car && wanted.has_duplicates;
    }
  request->is_by_accept = TRUE;
  if (best > 0)
    return TRUE;
  if (has_wildcard)
    return fail (error, MESH_ERROR_INVALID,
                 "Say which format you want: ?format=raw or ?format=car");
  return fail (error, MESH_ERROR_UNSUPPORTED,
               "Only " TYPE_RAW " and " TYPE_CAR " (version 1) are offered here");
}

/* The query. */

static gboolean
read_offset (const char *text, gint64 *value)
{
  return g_ascii_string_to_signed (text, 10, -G_MAXINT64, G_MAXINT64 - 1, value, NULL);
}

static gboolean
read_range (ShoaldMasterRequest *request, const char *text, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (text, ":", -1);

  request->has_range = TRUE;
  request->to = G_MAXINT64;
  if (g_strv_length (parts) != 2 || !read_offset (parts[0], &request->from)
      || (!g_str_equal (parts[1], "*") && !read_offset (parts[1], &request->to)))
    return fail (error, MESH_ERROR_INVALID,
                 "entity-bytes is not FROM:TO, such as 0:1023 or 0:*");
  return TRUE;
}

static gboolean
read_scope (ShoaldMasterRequest *request, GHashTable *form, GError **error)
{
  static const char *const scopes[] = { "block", "entity", "all" };
  const char *range = g_hash_table_lookup (form, "entity-bytes");
  const char *text = g_hash_table_lookup (form, "dag-scope");
  gsize i = 0;

  if (text == NULL)
    text = range != NULL ? "entity" : "all";
  while (i < G_N_ELEMENTS (scopes) && !g_str_equal (scopes[i], text))
    i++;
  if (i == G_N_ELEMENTS (scopes))
    return fail (error, MESH_ERROR_INVALID, "dag-scope is not block, entity or all");
  request->scope = (ShoaldMasterScope) i;
  if (range == NULL || request->scope == SHOALD_MASTER_SCOPE_BLOCK)
    return TRUE;
  request->scope = SHOALD_MASTER_SCOPE_ENTITY;
  return read_range (request, range, error);
}

static gboolean
read_car_query (ShoaldMasterRequest *request, GHashTable *form, GError **error)
{
  static const char *const names[] = { "car-version", "car-order", "car-dups" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char *value = g_hash_table_lookup (form, names[i]);

      if (value != NULL && !set_car (request, (CarParameter) i, value))
        {
          g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                       "This gateway gives no CAR with %s=%s", names[i], value);
          return FALSE;
        }
    }
  return read_scope (request, form, error);
}

/* The query goes before the header. */
static gboolean
read_format (ShoaldMasterRequest *request,
             GHashTable *form,
             const char *accept,
             GError **error)
{
  const char *format = form != NULL ? g_hash_table_lookup (form, "format") : NULL;
  g_autoptr (GError) ignored = NULL;

  if (accept != NULL && strlen (accept) > MAX_ACCEPT_LEN)
    return fail (error, MESH_ERROR_INVALID, "The Accept header is too long");
  if (format == NULL && accept == NULL)
    return fail (error, MESH_ERROR_INVALID,
                 "Say which format you want: ?format=raw or ?format=car");
  if (format == NULL)
    return read_accept (request, accept, error);
  /* The header may still say what kind of CAR. */
  if (accept != NULL && !read_accept (request, accept, &ignored))
    request->has_duplicates = FALSE;
  request->is_by_accept = FALSE;
  request->format = SHOALD_MASTER_FORMAT_CAR;
  if (g_str_equal (format, "car"))
    return TRUE;
  request->format = SHOALD_MASTER_FORMAT_RAW;
  request->has_duplicates = FALSE;
  if (g_str_equal (format, "raw"))
    return TRUE;
  return fail (error, MESH_ERROR_INVALID,
               "This gateway gives ?format=raw and ?format=car only");
}

ShoaldMasterRequest *
shoald_master_request_parse (const char *path,
                             GHashTable *form,
                             const char *accept,
                             GError **error)
{
  g_autoptr (ShoaldMasterRequest) request = g_new0 (ShoaldMasterRequest, 1);

  request->scope = SHOALD_MASTER_SCOPE_ALL;
  if (!read_path (request, path, error) || !read_format (request, form, accept, error))
    return NULL;
  if (request->format == SHOALD_MASTER_FORMAT_RAW)
    {
      request->scope = SHOALD_MASTER_SCOPE_BLOCK;
      if (request->segments[0] == NULL)
        return g_steal_pointer (&request);
      fail (error, MESH_ERROR_INVALID,
            "A raw block has no path below its CID; ask for ?format=car");
      return NULL;
    }
  if (form != NULL && !read_car_query (request, form, error))
    return NULL;
  return g_steal_pointer (&request);
}

void
shoald_master_request_free (ShoaldMasterRequest *request)
{
  g_clear_pointer (&request->cid, mesh_cid_unref);
  g_clear_pointer (&request->segments, g_strfreev);
  g_free (request->cid_text);
  g_free (request->path);
  g_free (request);
}

char *
shoald_master_request_format_etag (const ShoaldMasterRequest *request)
{
  static const char *const scopes[] = { "block", "entity", "all" };
  g_autofree char *path = NULL;
  g_autofree char *range = NULL;
  g_autofree char *joined = NULL;

  if (request->format == SHOALD_MASTER_FORMAT_RAW)
    return g_strdup_printf ("\"%s.raw\"", request->cid_text);
  joined = g_strjoinv ("/", request->segments);
  path = g_compute_checksum_for_string (G_CHECKSUM_SHA256, joined, -1);
  path[16] = '\0';
  if (request->has_range)
    range = g_strdup_printf (".%" G_GINT64_FORMAT ".%" G_GINT64_FORMAT, request->from,
                             request->to);
  /* Weak: how the blocks are framed is not promised to be the same for ever. */
  return g_strdup_printf ("W/\"%s.%s.car.%s%s.%s\"", request->cid_text, path,
                          scopes[request->scope], range != NULL ? range : "",
                          request->has_duplicates ? "y" : "n");
}

const char *
shoald_master_request_get_content_type (const ShoaldMasterRequest *request)
{
  if (request->format == SHOALD_MASTER_FORMAT_RAW)
    return TYPE_RAW;
  return request->has_duplicates ? TYPE_CAR "; version=1; order=dfs; dups=y"
                                 : TYPE_CAR "; version=1; order=dfs; dups=n";
}
