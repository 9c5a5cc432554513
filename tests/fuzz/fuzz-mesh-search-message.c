/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "catalog/mesh-search-message.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  MeshSearchQuestion question = { 0 };
  MeshSearchAnswer answer = { NULL, NULL };

  if (mesh_search_message_decode_question (data, size, &question, NULL))
    {
      g_autoptr (GBytes) again = mesh_search_message_encode_question (&question);

      g_assert_cmpuint (g_bytes_get_size (again), <=, size);
      mesh_search_message_clear_question (&question);
    }
  if (mesh_search_message_decode_answer (data, size, &answer, NULL))
    mesh_search_message_clear_answer (&answer);
  return 0;
}
