/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "content/mesh-car.h"

#include <string.h>

#include "base/mesh-error.h"
#include "base/mesh-varint.h"

/* Two raw blocks "one" and "three" under the root of the first. */
static GByteArray *
make_car (MeshCid **root)
{
  static const char *const texts[] = { "one", "three" };
  GByteArray *car = g_byte_array_new ();

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      gsize len = strlen (texts[i]);
      g_autoptr (MeshCid) cid = mesh_cid_new_for_data (
          MESH_CODEC_RAW, MESH_MULTIHASH_SHA2_256, (const guint8 *) texts[i], len, NULL);

      if (i == 0)
        {
          g_autoptr (GBytes) header = mesh_car_encode_header (&cid, 1);

          g_byte_array_append (car, g_bytes_get_data (header, NULL),
                               (guint) g_bytes_get_size (header));
          *root = mesh_cid_ref (cid);
        }
      mesh_car_encode_section_head (cid, len, car);
      g_byte_array_append (car, (const guint8 *) texts[i], (guint) len);
    }
  return car;
}

/* https://ipld.io/specs/transport/car/carv1/: the header {"roots": [cid], "version": 1}
 */
static void
test_header (void)
{
  static const guint8 start[] = { 0x3a, 0xa2, 0x65, 'r',  'o',  'o',  't', 's',
                                  0x81, 0xd8, 0x2a, 0x58, 0x25, 0x00, 0x01 };
  static const guint8 end[] = { 0x67, 'v', 'e', 'r', 's', 'i', 'o', 'n', 0x01 };
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (GByteArray) car = make_car (&root);
  g_autoptr (GBytes) header = mesh_car_encode_header (&root, 1);
  gsize len;
  const guint8 *data = g_bytes_get_data (header, &len);

  g_assert_cmpuint (len, ==, 59);
  g_assert_cmpmem (data, sizeof start, start, sizeof start);
  g_assert_cmpmem (data + len - sizeof end, sizeof end, end, sizeof end);
}

/* The same whatever the size of the pieces. */
static void
test_pieces (void)
{
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (GByteArray) car = make_car (&root);

  for (guint piece = 1; piece <= car->len; piece++)
    {
      g_autoptr (MeshCarReader) reader = mesh_car_reader_new ();
      g_autoptr (GError) error = NULL;
      guint n_blocks = 0;

      for (guint start = 0; start < car->len; start += piece)
        {
          gboolean has_more = TRUE;

          g_assert_true (mesh_car_reader_handle_bytes (
              reader, car->data + start, MIN (piece, car->len - start), &error));
          while (has_more)
            {
              g_autoptr (MeshCid) cid = NULL;
              g_autoptr (GBytes) block = NULL;

              g_assert_true (mesh_car_reader_poll_block (reader, &cid, &block, &error));
              has_more = block != NULL;
              if (!has_more)
                continue;
              n_blocks++;
              g_assert_true (mesh_cid_verify (cid, g_bytes_get_data (block, NULL),
                                              g_bytes_get_size (block), NULL));
            }
        }
      g_assert_cmpuint (n_blocks, ==, 2);
      g_assert_true (mesh_car_reader_is_between_sections (reader));
      g_assert_true (mesh_cid_equal (
          g_ptr_array_index (mesh_car_reader_get_roots (reader), 0), root));
    }
}

static void
test_cut_short (void)
{
  g_autoptr (MeshCid) root = NULL;
  g_autoptr (GByteArray) car = make_car (&root);
  g_autoptr (MeshCarReader) reader = mesh_car_reader_new ();
  g_autoptr (MeshCid) cid = NULL;
  g_autoptr (GBytes) block = NULL;

  g_assert_true (mesh_car_reader_handle_bytes (reader, car->data, car->len - 1, NULL));
  g_assert_true (mesh_car_reader_poll_block (reader, &cid, &block, NULL));
  g_assert_false (mesh_car_reader_is_between_sections (reader));
}

static void
refuse (GByteArray *car)
{
  g_autoptr (MeshCarReader) reader = mesh_car_reader_new ();
  g_autoptr (GError) error = NULL;
  g_autoptr (MeshCid) cid = NULL;
  g_autoptr (GBytes) block = NULL;

  g_assert_false (mesh_car_reader_handle_bytes (reader, car->data, car->len, &error)
                  && mesh_car_reader_poll_block (reader, &cid, &block, &error));
  g_assert_error (error, MESH_ERROR, MESH_ERROR_INVALID);
}

static void
test_refused (void)
{
  g_autoptr (MeshCid) root = NULL;

  {
    g_autoptr (GByteArray) car = make_car (&root);

    car->data[58] = 2; /* version 2 */
    refuse (car);
    car->data[58] = 1;
    car->data[1] = 0xa3; /* three keys */
    refuse (car);
    car->data[1] = 0xa2;
    car->data[13] = 1; /* not the identity multibase */
    refuse (car);
    car->data[13] = 0;
    car->data[60] = 9; /* the CID of a block is not one */
    refuse (car);
  }
  {
    g_autoptr (GByteArray) car = g_byte_array_new ();

    /* A header or section too long to be held. */
    mesh_varint_append (car, MESH_CAR_MAX_HEADER + 1);
    refuse (car);
  }
  {
    g_autoptr (GByteArray) car = g_byte_array_new ();
    g_autoptr (GBytes) header = mesh_car_encode_header (&root, 1);

    g_byte_array_append (car, g_bytes_get_data (header, NULL),
                         (guint) g_bytes_get_size (header));
    mesh_varint_append (car, MESH_CAR_MAX_SECTION + 1);
    refuse (car);
  }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/content/car/header", test_header);
  g_test_add_func ("/content/car/pieces", test_pieces);
  g_test_add_func ("/content/car/cut-short", test_cut_short);
  g_test_add_func ("/content/car/refused", test_refused);
  return g_test_run ();
}
