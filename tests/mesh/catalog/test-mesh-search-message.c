/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-search-message.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-rng.h"

static gboolean
decode (GBytes *bytes, MeshSearchQuestion *question, GError **error)
{
  return mesh_search_message_decode_question (g_bytes_get_data (bytes, NULL),
                                              g_bytes_get_size (bytes), question, error);
}

static void
test_question (void)
{
  g_autoptr (GBytes) cursor = g_bytes_new_static ("abc", 3);
  MeshSearchQuestion search = { MESH_SEARCH_MESSAGE_SEARCH, 50,          (char *) "wörds",
                                (char *) "office",          (char *) "", cursor };
  MeshSearchQuestion news = { MESH_SEARCH_MESSAGE_NEWS, 1, NULL, NULL, NULL, cursor };
  MeshSearchQuestion read = { 0 };
  g_autoptr (GBytes) one = mesh_search_message_encode_question (&search);
  g_autoptr (GBytes) other = mesh_search_message_encode_question (&news);
  g_autoptr (GError) error = NULL;

  g_assert_true (decode (one, &read, &error));
  g_assert_no_error (error);
  g_assert_cmpint (read.kind, ==, MESH_SEARCH_MESSAGE_SEARCH);
  g_assert_cmpuint (read.limit, ==, 50);
  g_assert_cmpstr (read.text, ==, "wörds");
  g_assert_cmpstr (read.category, ==, "office");
  g_assert_cmpstr (read.tag, ==, "");
  g_assert_true (g_bytes_equal (read.cursor, cursor));
  mesh_search_message_clear_question (&read);
  g_assert_true (decode (other, &read, &error));
  g_assert_cmpint (read.kind, ==, MESH_SEARCH_MESSAGE_NEWS);
  g_assert_null (read.text);
  mesh_search_message_clear_question (&read);
}

static void
test_bad_questions (void)
{
  static const struct
  {
    const char *data;
    gsize len;
  } bad[] = {
    { "", 0 },
    { "\3\1\0", 3 },                                     /* no such kind */
    { "\2\0\0", 3 },                                     /* nothing wanted */
    { "\2\063\0", 3 },                                   /* 51 wanted */
    { "\2\1", 2 },                                       /* no cursor */
    { "\2\1\0x", 4 },                                    /* something behind it */
    { "\2\1\041aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 36 }, /* cursor too long */
    { "\1\1\1\377\0\0\0", 7 },                           /* not UTF-8 */
    { "\1\1\177a", 4 },                                  /* cut off */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      MeshSearchQuestion read = { 0 };
      g_autoptr (GError) error = NULL;

      g_assert_false (mesh_search_message_decode_question ((const guint8 *) bad[i].data,
                                                           bad[i].len, &read, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
      g_assert_null (read.cursor);
    }
}

static GPtrArray *
announcements (guint n, gsize len)
{
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) g_bytes_unref);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (list, g_bytes_new_take (g_strnfill (len, 'a'), len));
  return list;
}

/* As much as there may be fits, and no more is taken. */
static void
test_answer (void)
{
  g_autoptr (GPtrArray) list = announcements (60, 8192);
  g_autoptr (GBytes) cursor = g_bytes_new (NULL, 0);
  MeshSearchAnswer answer = { list, cursor };
  MeshSearchAnswer read = { NULL, NULL };
  g_autoptr (GBytes) bytes = mesh_search_message_encode_answer (&answer);
  g_autoptr (GError) error = NULL;

  g_assert_cmpuint (g_bytes_get_size (bytes), <=, MESH_SEARCH_MESSAGE_MAX_ANSWER_LEN);
  g_assert_true (mesh_search_message_decode_answer (
      g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &read, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (read.announcements->len, ==, MESH_SEARCH_MESSAGE_MAX_RESULTS);
  g_assert_cmpuint (g_bytes_get_size (read.announcements->pdata[49]), ==, 8192);
  mesh_search_message_clear_answer (&read);
}

static void
test_bad_answers (void)
{
  static const struct
  {
    const char *data;
    gsize len;
  } bad[] = {
    { "", 0 },      { "\063", 1 }, { "\1", 1 },      { "\1\0\0", 3 },  { "\1\1a", 3 },
    { "\0\0x", 3 }, { "\0", 1 },   { "\2\1a\0", 4 }, { "\1\177a", 3 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      MeshSearchAnswer read = { NULL, NULL };
      g_autoptr (GError) error = NULL;

      g_assert_false (mesh_search_message_decode_answer ((const guint8 *) bad[i].data,
                                                         bad[i].len, &read, &error));
      g_assert_error (error, MESH_ERROR, MESH_ERROR_PROTOCOL);
    }
}

static void
test_noise (void)
{
  for (guint64 seed = 0; seed < 10000; seed++)
    {
      MeshRng rng;
      guint8 data[64];
      gsize len;
      MeshSearchQuestion question = { 0 };
      MeshSearchAnswer answer = { NULL, NULL };

      mesh_rng_init (&rng, seed);
      mesh_rng_fill (&rng, data, sizeof data);
      data[0] %= 3;
      data[1] %= 8;
      len = mesh_rng_below (&rng, sizeof data);
      if (mesh_search_message_decode_question (data, len, &question, NULL))
        {
          g_autoptr (GBytes) again = mesh_search_message_encode_question (&question);

          g_assert_cmpmem (g_bytes_get_data (again, NULL), g_bytes_get_size (again), data,
                           len);
          mesh_search_message_clear_question (&question);
        }
      if (mesh_search_message_decode_answer (data, len, &answer, NULL))
        mesh_search_message_clear_answer (&answer);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/registry/search-message/question", test_question);
  g_test_add_func ("/registry/search-message/bad-questions", test_bad_questions);
  g_test_add_func ("/registry/search-message/answer", test_answer);
  g_test_add_func ("/registry/search-message/bad-answers", test_bad_answers);
  g_test_add_func ("/registry/search-message/noise", test_noise);
  return g_test_run ();
}
