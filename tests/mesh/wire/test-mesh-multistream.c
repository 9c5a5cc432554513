/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "wire/mesh-multistream.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-varint.h"

/* Passes what @from says to @to in pieces of what it wants. Returns whether anything
 * went. */
static gboolean
pass (MeshMultistream *from, MeshMultistream *to, GError **error)
{
  g_autoptr (GBytes) bytes = mesh_multistream_take_output (from);
  const guint8 *data;
  gsize len;

  if (bytes == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &len);
  while (len > 0 && *error == NULL)
    {
      gsize n = MIN (len, mesh_multistream_get_wanted (to));

      g_assert_cmpuint (n, >, 0);
      if (!mesh_multistream_handle_bytes (to, data, n, error))
        g_assert_nonnull (*error);
      data += n;
      len -= n;
    }
  return TRUE;
}

static void
run (MeshMultistream *dialer, MeshMultistream *listener, GError **error)
{
  while (*error == NULL
         && (pass (dialer, listener, error) | pass (listener, dialer, error)))
    ;
}

static void
test_agree (void)
{
  static const struct
  {
    const char *wanted[4];
    const char *served[4];
    const char *agreed;
  } cases[] = {
    { { "/a" }, { "/a" }, "/a" },
    { { "/b", "/a" }, { "/a", "/c" }, "/a" },
    { { "/c", "/b", "/a" }, { "/a", "/b" }, "/b" },
    { { "/a" }, { "/ab", "/" }, NULL },
    { { "/a", "/b" }, { NULL }, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MeshMultistream) dialer = mesh_multistream_new_dialer (cases[i].wanted);
      g_autoptr (MeshMultistream) listener
          = mesh_multistream_new_listener (cases[i].served);
      g_autoptr (GError) error = NULL;

      run (dialer, listener, &error);
      g_assert_cmpstr (mesh_multistream_get_protocol (dialer), ==, cases[i].agreed);
      g_assert_cmpstr (mesh_multistream_get_protocol (listener), ==, cases[i].agreed);
      if (cases[i].agreed == NULL)
        g_assert_error (error, MESH_ERROR, MESH_ERROR_UNSUPPORTED);
      else
        {
          g_assert_no_error (error);
          g_assert_cmpuint (mesh_multistream_get_wanted (dialer), ==, 0);
          g_assert_cmpuint (mesh_multistream_get_wanted (listener), ==, 0);
        }
    }
}

static void
say (MeshMultistream *core, const char *bytes, gsize len, GError **error)
{
  for (gsize i = 0; i < len && mesh_multistream_get_wanted (core) > 0; i++)
    if (!mesh_multistream_handle_bytes (core, (const guint8 *) bytes + i, 1, error))
      return;
}

/* The bytes of specs/connections: greeting and proposal leave together. */
static void
test_wire_form (void)
{
  static const char *wanted[] = { "/noise", NULL };
  g_autoptr (MeshMultistream) dialer = mesh_multistream_new_dialer (wanted);
  g_autoptr (GBytes) bytes = mesh_multistream_take_output (dialer);

  g_assert_cmpmem (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes),
                   "\x13/multistream/1.0.0\n\x07/noise\n", 28);
}

static void
test_list (void)
{
  static const char *served[] = { "/a", "/bc", NULL };
  g_autoptr (MeshMultistream) listener = mesh_multistream_new_listener (served);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) greeting = mesh_multistream_take_output (listener);
  g_autoptr (GBytes) list = NULL, na = NULL;

  g_assert_nonnull (greeting);
  say (listener, "\x13/multistream/1.0.0\n\x03ls\n", 24, &error);
  g_assert_no_error (error);
  list = mesh_multistream_take_output (listener);
  g_assert_cmpmem (g_bytes_get_data (list, NULL), g_bytes_get_size (list),
                   "\x0a\x03/a\n\x04/bc\n\n", 11);
  say (listener, "\x03/x\n", 4, &error);
  g_assert_no_error (error);
  na = mesh_multistream_take_output (listener);
  g_assert_cmpmem (g_bytes_get_data (na, NULL), g_bytes_get_size (na), "\x03na\n", 4);
}

static void
test_hostile (void)
{
  static const struct
  {
    const char *bytes;
    gsize len;
  } cases[] = {
    { "\x00", 1 },
    { "\x81\x08", 2 }, /* 1025 */
    { "\xff\xff\xff\xff\xff\xff\xff\xff\xff", 9 },
    { "\x80\x00", 2 },
    { "\x04/a/b", 5 },
    { "\x13/multistream/2.0.0\n", 20 },
    { "\x14/multistream/1.0.0\0\n", 21 },
    { "GET / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: something long enough to be a "
      "message",
      82 },
  };
  static const char *protocols[] = { "/a", NULL };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (MeshMultistream) dialer = mesh_multistream_new_dialer (protocols);
      g_autoptr (MeshMultistream) listener = mesh_multistream_new_listener (protocols);
      g_autoptr (GError) first = NULL, second = NULL;

      say (dialer, cases[i].bytes, cases[i].len, &first);
      say (listener, cases[i].bytes, cases[i].len, &second);
      g_assert_error (first, MESH_ERROR, MESH_ERROR_PROTOCOL);
      g_assert_error (second, MESH_ERROR, MESH_ERROR_PROTOCOL);
      g_assert_cmpuint (mesh_multistream_get_wanted (listener), ==, 0);
    }
}

static void
test_too_many_proposals (void)
{
  static const char *served[] = { "/a", NULL };
  g_autoptr (MeshMultistream) listener = mesh_multistream_new_listener (served);
  g_autoptr (GError) error = NULL;

  say (listener, "\x13/multistream/1.0.0\n", 20, &error);
  for (guint i = 0; i < MESH_MULTISTREAM_MAX_PROPOSALS; i++)
    {
      g_assert_no_error (error);
      say (listener, "\x03/x\n", 4, &error);
    }
  g_assert_no_error (error);
  say (listener, "\x03/x\n", 4, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
}

/* An answer to a question nobody asked. */
static void
test_wrong_answer (void)
{
  static const char *wanted[] = { "/a", "/b", NULL };
  g_autoptr (MeshMultistream) dialer = mesh_multistream_new_dialer (wanted);
  g_autoptr (GError) error = NULL;

  say (dialer, "\x13/multistream/1.0.0\n\x03/b\n", 24, &error);
  g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/wire/multistream/agree", test_agree);
  g_test_add_func ("/wire/multistream/wire-form", test_wire_form);
  g_test_add_func ("/wire/multistream/list", test_list);
  g_test_add_func ("/wire/multistream/hostile", test_hostile);
  g_test_add_func ("/wire/multistream/too-many-proposals", test_too_many_proposals);
  g_test_add_func ("/wire/multistream/wrong-answer", test_wrong_answer);
  return g_test_run ();
}
