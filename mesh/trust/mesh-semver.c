/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "trust/mesh-semver.h"

#include <string.h>

#include "base/mesh-error.h"

struct MeshSemver
{
  guint64 core[3];    /* major, minor, patch */
  char **identifiers; /* (owned) (nullable): of the pre-release */
};

static gboolean
is_number (const char *text)
{
  return *text != '\0' && text[strspn (text, "0123456789")] == '\0';
}

static gboolean
check_identifiers (char **identifiers, gboolean may_have_leading_zeros)
{
  static const char allowed[] = "0123456789-"
                                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  for (gsize i = 0; identifiers[i] != NULL; i++)
    {
      const char *id = identifiers[i];

      if (*id == '\0' || id[strspn (id, allowed)] != '\0')
        return FALSE;
      if (!may_have_leading_zeros && is_number (id) && id[0] == '0' && id[1] != '\0')
        return FALSE;
    }
  return identifiers[0] != NULL;
}

static gboolean
parse_core (const char *text, guint64 core[3])
{
  g_auto (GStrv) parts = g_strsplit (text, ".", 4);

  if (g_strv_length (parts) != 3)
    return FALSE;
  for (gsize i = 0; i < 3; i++)
    if (!is_number (parts[i]) || (parts[i][0] == '0' && parts[i][1] != '\0')
        || !g_ascii_string_to_unsigned (parts[i], 10, 0, G_MAXUINT64, &core[i], NULL))
      return FALSE;
  return TRUE;
}

static MeshSemver *
parse (const char *text)
{
  g_autoptr (MeshSemver) version = g_new0 (MeshSemver, 1);
  g_autofree char *copy = NULL;
  char *build, *pre;

  if (text == NULL || strnlen (text, MESH_SEMVER_MAX_LEN + 1) > MESH_SEMVER_MAX_LEN)
    return NULL;
  copy = g_strdup (text);
  build = strchr (copy, '+');
  if (build != NULL)
    {
      g_auto (GStrv) identifiers = NULL;

      *build++ = '\0';
      identifiers = g_strsplit (build, ".", -1);
      if (!check_identifiers (identifiers, TRUE))
        return NULL;
    }
  pre = strchr (copy, '-');
  if (pre != NULL)
    {
      *pre++ = '\0';
      version->identifiers = g_strsplit (pre, ".", -1);
      if (!check_identifiers (version->identifiers, FALSE))
        return NULL;
    }
  if (!parse_core (copy, version->core))
    return NULL;
  return g_steal_pointer (&version);
}

MeshSemver *
mesh_semver_parse (const char *text, GError **error)
{
  MeshSemver *version;

  g_return_val_if_fail (text != NULL, NULL);
  version = parse (text);
  if (version == NULL)
    {
      g_autofree char *shown = g_utf8_make_valid (text, strnlen (text, 64));

      g_set_error (error, MESH_ERROR, MESH_ERROR_INVALID,
                   "“%s” is not a semantic version such as 1.2.3 or 2.0.0-rc.1", shown);
    }
  return version;
}

void
mesh_semver_free (MeshSemver *version)
{
  if (version == NULL)
    return;
  g_strfreev (version->identifiers);
  g_free (version);
}

/* Numbers of any length, without leading zeros. */
static int
compare_numbers (const char *a, const char *b)
{
  gsize len_a = strlen (a), len_b = strlen (b);

  if (len_a != len_b)
    return len_a < len_b ? -1 : 1;
  return strcmp (a, b);
}

/* semver.org §11.4 */
static int
compare_identifiers (char **a, char **b)
{
  for (gsize i = 0;; i++)
    {
      int order;

      if (a[i] == NULL || b[i] == NULL)
        return (a[i] != NULL) - (b[i] != NULL);
      if (is_number (a[i]) != is_number (b[i]))
        return is_number (a[i]) ? -1 : 1;
      order = is_number (a[i]) ? compare_numbers (a[i], b[i]) : strcmp (a[i], b[i]);
      if (order != 0)
        return order;
    }
}

int
mesh_semver_compare (const MeshSemver *a, const MeshSemver *b)
{
  g_return_val_if_fail (a != NULL && b != NULL, 0);
  for (gsize i = 0; i < G_N_ELEMENTS (a->core); i++)
    if (a->core[i] != b->core[i])
      return a->core[i] < b->core[i] ? -1 : 1;
  if (a->identifiers == NULL || b->identifiers == NULL)
    return (a->identifiers == NULL) - (b->identifiers == NULL);
  return compare_identifiers (a->identifiers, b->identifiers);
}

int
mesh_semver_compare_text (const char *a, const char *b)
{
  g_autoptr (MeshSemver) version_a = parse (a);
  g_autoptr (MeshSemver) version_b = parse (b);

  if (version_a == NULL || version_b == NULL)
    return (version_a != NULL) - (version_b != NULL);
  return mesh_semver_compare (version_a, version_b);
}

gboolean
mesh_semver_is_valid (const char *text)
{
  g_autoptr (MeshSemver) version = parse (text);

  return version != NULL;
}
