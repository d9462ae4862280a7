/// HPKE vectors with known keys: RFC 9180, appendix A. In hexadecimal digits, named as there.
struct HPKEVector: Codable, Sendable {
    struct Encryption: Codable, Sendable {
        let aad, ct: String
        var pt = "4265617574792069732074727574682c20747275746820626561757479"
    }
    let section: String
    let kem, aead: Int
    var info = "4f6465206f6e2061204772656369616e2055726e"
    let skEm, enc, skRm, pkRm: String
    let skSm, pkSm: String?
    let encryptions: [Encryption]
    var exporterContext = "54657374436f6e74657874"
    let exported: String

    static let all = [
        HPKEVector(
            section: "A.2.1", kem: 0x0020, aead: 3,
            skEm: "f4ec9b33b792c372c1d2c2063507b684ef925b8c75a42dbcbf57d63ccd381600",
            enc: "1afa08d3dec047a643885163f1180476fa7ddb54c6a8029ea33f95796bf2ac4a",
            skRm: "8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb",
            pkRm: "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a",
            skSm: nil,
            pkSm: nil,
            encryptions: [
                Encryption(
                    aad: "436f756e742d30",
                    ct: "1c5250d8034ec2b784ba2cfd69dbdb8af406cfe3ff938e131f0def8c8b60b4db21993c62"
                        + "ce81883d2dd1b51a28"),
                Encryption(
                    aad: "436f756e742d31",
                    ct: "6b53c051e4199c518de79594e1c4ab18b96f081549d45ce015be002090bb119e85285337"
                        + "cc95ba5f59992dc98c"),
                Encryption(
                    aad: "436f756e742d32",
                    ct: "71146bd6795ccc9c49ce25dda112a48f202ad220559502cef1f34271e0cb4b02b4f10eca"
                        + "c6f48c32f878fae86b"),
            ],
            exported: "5acb09211139c43b3090489a9da433e8a30ee7188ba8b0a9a1ccf0c229283e53"),
        HPKEVector(
            section: "A.2.3", kem: 0x0020, aead: 3,
            skEm: "c94619e1af28971c8fa7957192b7e62a71ca2dcdde0a7cc4a8a9e741d600ab13",
            enc: "f7674cc8cd7baa5872d1f33dbaffe3314239f6197ddf5ded1746760bfc847e0e",
            skRm: "3ca22a6d1cda1bb9480949ec5329d3bf0b080ca4c45879c95eddb55c70b80b82",
            pkRm: "1a478716d63cb2e16786ee93004486dc151e988b34b475043d3e0175bdb01c44",
            skSm: "2def0cb58ffcf83d1062dd085c8aceca7f4c0c3fd05912d847b61f3e54121f05",
            pkSm: "f0f4f9e96c54aeed3f323de8534fffd7e0577e4ce269896716bcb95643c8712b",
            encryptions: [
                Encryption(
                    aad: "436f756e742d30",
                    ct: "ab1a13c9d4f01a87ec3440dbd756e2677bd2ecf9df0ce7ed73869b98e00c09be111cb9fd"
                        + "f077347aeb88e61bdf"),
                Encryption(
                    aad: "436f756e742d31",
                    ct: "3265c7807ffff7fdace21659a2c6ccffee52a26d270c76468ed74202a65478bfaedfff9c"
                        + "2b7634e24f10b71016"),
                Encryption(
                    aad: "436f756e742d32",
                    ct: "3aadee86ad2a05081ea860033a9d09dbccb4acac2ded0891da40f51d4df19925f7a767b0"
                        + "76a5cbc9355c8fd35e"),
            ],
            exported: "1df39dc5dd60edcbf5f9ae804e15ada66e885b28ed7929116f768369a3f950ee"),
        HPKEVector(
            section: "A.5.1", kem: 0x0010, aead: 3,
            skEm: "7550253e1147aae48839c1f8af80d2770fb7a4c763afe7d0afa7e0f42a5b3689",
            enc: "04c07836a0206e04e31d8ae99bfd549380b072a1b1b82e563c935c095827824fc1559eac"
                + "6fb9e3c70cd3193968994e7fe9781aa103f5b50e934b5b2f387e381291",
            skRm: "a4d1c55836aa30f9b3fbb6ac98d338c877c2867dd3a77396d13f68d3ab150d3b",
            pkRm: "04a697bffde9405c992883c5c439d6cc358170b51af72812333b015621dc0f40bad9bb72"
                + "6f68a5c013806a790ec716ab8669f84f6b694596c2987cf35baba2a006",
            skSm: nil,
            pkSm: nil,
            encryptions: [
                Encryption(
                    aad: "436f756e742d30",
                    ct: "6469c41c5c81d3aa85432531ecf6460ec945bde1eb428cb2fedf7a29f5a685b4ccb0d057"
                        + "f03ea2952a27bb458b"),
                Encryption(
                    aad: "436f756e742d31",
                    ct: "f1564199f7e0e110ec9c1bcdde332177fc35c1adf6e57f8d1df24022227ffa8716862dbd"
                        + "a2b1dc546c9d114374"),
                Encryption(
                    aad: "436f756e742d32",
                    ct: "39de89728bcb774269f882af8dc5369e4f3d6322d986e872b3a8d074c7c18e8549ff3f85"
                        + "b6d6592ff87c3f310c"),
            ],
            exported: "477a50d804c7c51941f69b8e32fe8288386ee1a84905fe4938d58972f24ac938"),
        HPKEVector(
            section: "A.5.3", kem: 0x0010, aead: 3,
            skEm: "085fd5d5e6ce6497c79df960cac93710006b76217d8bcfafbd2bb2c20ea03c42",
            enc: "040d5176aedba55bc41709261e9195c5146bb62d783031280775f32e507d79b5cbc5748b"
                + "6be6359760c73cfe10ca19521af704ca6d91ff32fc0739527b9385d415",
            skRm: "3cb2c125b8c5a81d165a333048f5dcae29a2ab2072625adad66dbb0f48689af9",
            pkRm: "0444f6ee41818d9fe0f8265bffd016b7e2dd3964d610d0f7514244a60dbb7a11ece876bb"
                + "110a97a2ac6a9542d7344bf7d2bd59345e3e75e497f7416cf38d296233",
            skSm: "39b19402e742d48d319d24d68e494daa4492817342e593285944830320912519",
            pkSm: "04265529a04d4f46ab6fa3af4943774a9f1127821656a75a35fade898a9a1b014f64d874"
                + "e88cddb24c1c3d79004d3a587db67670ca357ff4fba7e8b56ec013b98b",
            encryptions: [
                Encryption(
                    aad: "436f756e742d30",
                    ct: "25881f219935eec5ba70d7b421f13c35005734f3e4d959680270f55d71e2f5cb3bd2dace"
                        + "d2770bf3d9d4916872"),
                Encryption(
                    aad: "436f756e742d31",
                    ct: "653f0036e52a376f5d2dd85b3204b55455b7835c231255ae098d09ed138719b971851297"
                        + "86338ab6543f753193"),
                Encryption(
                    aad: "436f756e742d32",
                    ct: "60878706117f22180c788e62df6a595bc41906096a11a9513e84f0141e43239e81a98d7a"
                        + "235abc64112fcb8ddd"),
            ],
            exported: "eb0d312b6263995b4c7761e64b688c215ffd6043ff3bad2368c862784cbe6eff"),
    ]
}
